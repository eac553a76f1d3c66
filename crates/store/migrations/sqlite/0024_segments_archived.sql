-- Segments can be archived, as goals: a name is free again when what had it is archived. A constraint
-- of a table cannot go, so the table is made anew.
CREATE TABLE segments_archived (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    of TEXT NOT NULL,
    conditions TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    archived_at_ms BIGINT
);
INSERT INTO segments_archived (id, site, name, of, conditions, created_at_ms, created_by,
    changed_at_ms, changed_by)
SELECT id, site, name, of, conditions, created_at_ms, created_by, changed_at_ms, changed_by
FROM segments;
DROP TABLE segments;
ALTER TABLE segments_archived RENAME TO segments;
CREATE UNIQUE INDEX segments_by_name ON segments (site, name) WHERE archived_at_ms IS NULL;
-- Whether a link to a board shows what happened beside its numbers.
ALTER TABLE board_shares ADD COLUMN annotations BIGINT NOT NULL DEFAULT 0;
