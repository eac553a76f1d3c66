-- Saved goals: what a session reaches or not, as JSON. Who made and changed one is a word, as for
-- segments. Those on the overview are marked. A name is free again when what had it is archived.
CREATE TABLE goals (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    goal TEXT NOT NULL,
    on_overview BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
CREATE UNIQUE INDEX goals_by_name ON goals (site, name) WHERE archived_at_ms IS NULL;
