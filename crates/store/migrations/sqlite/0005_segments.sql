-- Saved conditions on sessions or persons. Who made and changed one is `user:N`, `token:ID` or
-- `control`: a word and not a reference, so that it stays when the user or token goes.
CREATE TABLE segments (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    of TEXT NOT NULL,
    conditions TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    UNIQUE (site, name)
);
