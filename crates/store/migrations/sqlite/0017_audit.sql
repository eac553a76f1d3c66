-- Who did what, and when. Entries are added and, after the time that the limits name, forgotten; none
-- is ever changed. Who it was stands in words too, so that an entry says it when the user is gone.
-- Neither network addresses nor anything of visitors but ids of sessions and fingerprints.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    who_name TEXT NOT NULL,
    via TEXT NOT NULL,
    site BIGINT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_site ON audit (site, id);
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;
