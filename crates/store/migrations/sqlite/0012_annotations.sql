-- What happened beside the numbers, at a time or over a span. Who made and changed one is a word, as
-- for segments.
CREATE TABLE annotations (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX annotations_by_time ON annotations (site, from_ms);
