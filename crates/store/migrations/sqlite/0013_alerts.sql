-- Who is told when a number is not as it should be. The definition is JSON; what the checks change
-- stands in columns. When a check is due says, compared and set in one statement, who does it.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    insight TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    checked_at_ms BIGINT,
    fired_at_ms BIGINT,
    fired_bucket_ms BIGINT,
    muted_until_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
CREATE UNIQUE INDEX alerts_by_name ON alerts (site, name) WHERE archived_at_ms IS NULL;
CREATE INDEX alerts_by_due ON alerts (due_at_ms) WHERE archived_at_ms IS NULL;
-- Each webhook has a secret of its own, with which its messages are signed.
CREATE TABLE alert_webhooks (
    id TEXT PRIMARY KEY,
    alert TEXT NOT NULL REFERENCES alerts (id),
    address TEXT NOT NULL,
    secret TEXT NOT NULL
);
CREATE INDEX alert_webhooks_by_alert ON alert_webhooks (alert);
-- One line a bucket and outcome, not one a check.
CREATE TABLE alert_log (
    id INTEGER PRIMARY KEY,
    alert TEXT NOT NULL REFERENCES alerts (id),
    at_ms BIGINT NOT NULL,
    bucket_ms BIGINT,
    value DOUBLE PRECISION,
    outcome TEXT NOT NULL,
    said TEXT NOT NULL
);
CREATE INDEX alert_log_by_alert ON alert_log (alert, id);
-- Boards that are sent by mail.
CREATE TABLE board_mails (
    board TEXT PRIMARY KEY REFERENCES boards (id),
    site BIGINT NOT NULL REFERENCES sites (id),
    recipients TEXT NOT NULL,
    day TEXT NOT NULL,
    hour BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX board_mails_by_due ON board_mails (due_at_ms);
-- Messages on their way, and what became of them; each of an alert's log or of a board.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    entry BIGINT REFERENCES alert_log (id),
    alert TEXT REFERENCES alerts (id),
    board TEXT REFERENCES boards (id),
    made_at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    destination TEXT NOT NULL,
    webhook TEXT,
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at_ms BIGINT,
    sent_at_ms BIGINT,
    said TEXT NOT NULL
);
CREATE INDEX deliveries_by_due ON deliveries (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX deliveries_by_entry ON deliveries (entry);
CREATE INDEX deliveries_by_alert ON deliveries (alert);
CREATE INDEX deliveries_by_board ON deliveries (board, made_at_ms) WHERE board IS NOT NULL;
