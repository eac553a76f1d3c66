-- Recordings at rest: packs by number, rows that stand for several consecutive chunks, assets that
-- visitors have alike, bases of pages, and what keeps a recording.

CREATE TABLE packs (
    -- AUTOINCREMENT: a number is never given twice, so that no old row finds a new pack.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    bytes BIGINT NOT NULL
);
INSERT INTO packs (site, name, bytes)
    SELECT site, pack, MAX(pack_offset + pack_bytes) FROM chunks GROUP BY site, pack;

CREATE TABLE recordings_now (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    -- Latest receipt of a chunk that lies as it came; NULL when all are in segments.
    loose_since_ms BIGINT,
    pinned_at_ms BIGINT,
    -- Numbers of the assets that its segments name, ascending, as differences in LEB128.
    assets BLOB NOT NULL DEFAULT (x''),
    UNIQUE (site, session)
);
INSERT INTO recordings_now (site, session, visitor, cookieless, started_ms, ended_ms, chunks,
        snapshots, stored_bytes, path, loose_since_ms)
    SELECT r.site, r.session, r.visitor, r.cookieless, r.started_ms, r.ended_ms, r.chunks,
        r.snapshots, r.stored_bytes, r.path,
        (SELECT MAX(c.received_at_ms) FROM chunks AS c
            WHERE c.site = r.site AND c.session = r.session)
    FROM recordings AS r ORDER BY r.started_ms;

CREATE TABLE chunks_now (
    recording BIGINT NOT NULL,
    window_id BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    -- 0: a chunk as it came; 1: a segment.
    form BIGINT NOT NULL,
    recorder TEXT NOT NULL,
    -- Paths of its chunks, each once, a line each; the first is where it begins.
    paths TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    events BIGINT NOT NULL,
    snapshot BIGINT NOT NULL,
    keyframe BIGINT NOT NULL,
    -- Class of the viewport of a segment that begins with a snapshot.
    viewport BIGINT,
    base BIGINT,
    pack BIGINT NOT NULL,
    pack_offset BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL,
    PRIMARY KEY (recording, window_id, sequence)
) WITHOUT ROWID;
INSERT INTO chunks_now (recording, window_id, sequence, last_sequence, form, recorder, paths,
        first_ms, last_ms, events, snapshot, keyframe, pack, pack_offset, pack_bytes)
    SELECT r.id, c.window_id, c.sequence, c.sequence, 0, c.recorder, c.path, c.first_ms, c.last_ms,
        c.events, c.snapshot, 0, p.id, c.pack_offset, c.pack_bytes
    FROM chunks AS c
    JOIN recordings_now AS r ON r.site = c.site AND r.session = c.session
    JOIN packs AS p ON p.name = c.pack;

DROP TABLE chunks;
DROP TABLE recordings;
ALTER TABLE recordings_now RENAME TO recordings;
ALTER TABLE chunks_now RENAME TO chunks;
CREATE INDEX recordings_by_time ON recordings (site, started_ms);
CREATE INDEX recordings_by_end ON recordings (site, ended_ms);
CREATE INDEX recordings_by_visitor ON recordings (site, visitor);
CREATE INDEX recordings_loose ON recordings (site, loose_since_ms) WHERE loose_since_ms IS NOT NULL;
CREATE INDEX chunks_by_pack ON chunks (pack);
-- Snapshots that wait for a base of their page.
CREATE INDEX chunks_without_base ON chunks (paths, viewport)
    WHERE viewport IS NOT NULL AND base IS NULL;
CREATE INDEX chunks_by_base ON chunks (base) WHERE base IS NOT NULL;

-- Style sheets, images, fonts and drawings, by a hash under the site's key.
CREATE TABLE assets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site BIGINT NOT NULL,
    hash BLOB NOT NULL,
    -- Where it lies under the site's key; NULL until enough visitors sent it.
    pack BIGINT,
    pack_offset BIGINT,
    pack_bytes BIGINT,
    UNIQUE (site, hash)
);
CREATE INDEX assets_by_pack ON assets (pack) WHERE pack IS NOT NULL;

-- One under a visitor's own key. These rows are also the only memory of who sent it.
CREATE TABLE asset_copies (
    asset BIGINT NOT NULL,
    -- The visitor, or the session of a cookieless one: whose key it is.
    owner BLOB NOT NULL,
    visitor BLOB NOT NULL,
    -- Day (since the epoch) of a cookieless visitor, who is another one on the next; else NULL.
    day BIGINT,
    pack BIGINT NOT NULL,
    pack_offset BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL,
    PRIMARY KEY (asset, owner)
) WITHOUT ROWID;
CREATE INDEX asset_copies_by_owner ON asset_copies (owner);
CREATE INDEX asset_copies_by_pack ON asset_copies (pack);

-- What snapshots of a page are packed against, under the site's key.
CREATE TABLE bases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site BIGINT NOT NULL,
    page TEXT NOT NULL,
    -- Class of the viewport, or -1 for all of them.
    viewport BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    -- Snapshots packed against it, the mean of the first of them, and a running mean, in bytes.
    snapshots BIGINT NOT NULL,
    first_bytes BIGINT NOT NULL,
    recent_bytes BIGINT NOT NULL,
    pack BIGINT NOT NULL,
    pack_offset BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL
);
CREATE INDEX bases_by_page ON bases (site, page, viewport);
CREATE INDEX bases_by_pack ON bases (pack);
