-- Links that open one board without a login; of the secret in them only the hash, of their password
-- an argon2 string. Origins of pages that may frame the board are a JSON list. One that is revoked
-- is kept for a while, so that its readers can be told. Times are UTC, milliseconds since the epoch.
CREATE TABLE board_shares (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    board TEXT NOT NULL REFERENCES boards (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    password_hash TEXT,
    period_days BIGINT,
    origins TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    opened BIGINT NOT NULL,
    opened_at_ms BIGINT
);
CREATE INDEX board_shares_by_board ON board_shares (site, board);
