-- What people do with recordings: links for others, notes, tags and collections. A row goes with
-- its site and with its recording. Who made one is a word, as with segments. Times are UTC,
-- milliseconds since the epoch.

-- Links that open one recording without a login; of the secret in them only the hash.
CREATE TABLE recording_shares (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    session BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    person_hidden BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    opened_at_ms BIGINT
);
CREATE INDEX recording_shares_by_session ON recording_shares (site, session);

-- Notes at a time. One that is removed can be brought back for a while.
CREATE TABLE recording_notes (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    session BLOB NOT NULL,
    time_ms BIGINT NOT NULL,
    words TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    removed_at_ms BIGINT
);
CREATE INDEX recording_notes_by_session ON recording_notes (site, session);

CREATE TABLE recording_tags (
    site BIGINT NOT NULL REFERENCES sites (id),
    session BLOB NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (site, session, tag)
);
CREATE INDEX recording_tags_by_tag ON recording_tags (site, tag);

-- Named lists of recordings, in an order of their own.
CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (site, name)
);
CREATE TABLE collection_recordings (
    collection TEXT NOT NULL REFERENCES collections (id),
    site BIGINT NOT NULL REFERENCES sites (id),
    session BLOB NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (collection, session)
);
CREATE INDEX collection_recordings_by_session ON collection_recordings (site, session);
