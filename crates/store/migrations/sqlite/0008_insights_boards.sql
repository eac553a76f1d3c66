-- Saved questions, and boards that show them. Who made and changed one is a word, as of segments.
-- A name is free again when what had it is archived.
CREATE TABLE insights (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    address TEXT NOT NULL,
    question TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
CREATE UNIQUE INDEX insights_by_name ON insights (site, name) WHERE archived_at_ms IS NULL;
-- Panels and what they are asked in common are JSON; the version says which of two changes was late.
CREATE TABLE boards (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    version BIGINT NOT NULL,
    common TEXT NOT NULL,
    panels TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
CREATE UNIQUE INDEX boards_by_name ON boards (site, name) WHERE archived_at_ms IS NULL;
