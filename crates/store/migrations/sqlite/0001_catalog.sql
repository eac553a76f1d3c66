-- What lies where: the parts, the log position that they cover, what is known of duplicates at
-- that position, the identity ledger up to it, reports of lost events, and recorded chunks.
-- Ids are 16 big-endian bytes. Times are UTC, milliseconds since the epoch.

-- One row: the data version that the parts below stand for.
CREATE TABLE state (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    catalog_version BIGINT NOT NULL,
    covered_position BIGINT NOT NULL,
    identity_version BIGINT NOT NULL
);
INSERT INTO state (id, catalog_version, covered_position, identity_version) VALUES (1, 0, 0, 0);

CREATE TABLE parts (
    id BLOB PRIMARY KEY,
    site BIGINT NOT NULL,
    week_ms BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    external_ids BIGINT NOT NULL,
    identity_version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    checksum BLOB NOT NULL,
    block_checksums BLOB NOT NULL
);

-- Which sequences of a page load were received: a retry finds itself here. Sequences are pairs
-- of little-endian 32-bit numbers, the first and the last of each run.
CREATE TABLE seen_windows (
    site BIGINT NOT NULL,
    window_id BLOB NOT NULL,
    visitor BLOB NOT NULL,
    session BLOB NOT NULL,
    last_event_ms BIGINT NOT NULL,
    last_receipt_ms BIGINT NOT NULL,
    events BLOB NOT NULL,
    chunks BLOB NOT NULL,
    snapshot_session BLOB,
    PRIMARY KEY (site, window_id)
);
CREATE INDEX seen_windows_by_receipt ON seen_windows (last_receipt_ms);

-- Whose session it is, and until when.
CREATE TABLE seen_sessions (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    visitor BLOB NOT NULL,
    cookieless BIGINT NOT NULL,
    last_event_ms BIGINT NOT NULL,
    last_receipt_ms BIGINT NOT NULL,
    PRIMARY KEY (site, session)
);
CREATE INDEX seen_sessions_by_receipt ON seen_sessions (last_receipt_ms);

-- The identity ledger: only added to. `version` counts over all sites.
CREATE TABLE identities (
    version BIGINT PRIMARY KEY,
    site BIGINT NOT NULL,
    visitor BLOB NOT NULL,
    user_name TEXT,
    time_ms BIGINT NOT NULL,
    unverified BIGINT NOT NULL
);

-- What senders said they lost, by quarter hour of the report.
CREATE TABLE lost (
    site BIGINT NOT NULL,
    bucket_ms BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (site, bucket_ms)
);

-- One row a recorded session, for lists; kept in step with its chunks in one transaction.
CREATE TABLE recordings (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    visitor BLOB NOT NULL,
    cookieless BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL,
    chunks BIGINT NOT NULL,
    snapshots BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (site, session)
);
CREATE INDEX recordings_by_time ON recordings (site, started_ms);
CREATE INDEX recordings_by_end ON recordings (site, ended_ms);
CREATE INDEX recordings_by_visitor ON recordings (site, visitor);

-- Chunks of recordings in packs.
CREATE TABLE chunks (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    window_id BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    recorder TEXT NOT NULL,
    path TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    events BIGINT NOT NULL,
    snapshot BIGINT NOT NULL,
    pack TEXT NOT NULL,
    pack_offset BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL,
    PRIMARY KEY (site, session, window_id, sequence)
);
CREATE INDEX chunks_by_pack ON chunks (pack);
