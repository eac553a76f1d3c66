-- Surveys: a question to visitors, where and when, as JSON. `state` is draft, active or paused; pages
-- get the active ones that are not archived. Who made and changed one is a word, as for segments. A
-- name is free again when what had it is archived.
CREATE TABLE surveys (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    survey TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
CREATE UNIQUE INDEX surveys_by_name ON surveys (site, name) WHERE archived_at_ms IS NULL;
