-- Why a session has no recording any more, where its settings and its age do not tell: somebody
-- deleted it, or it gave way to a full disk. The visitor is there so that erasing them erases this.
CREATE TABLE recordings_gone (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    visitor BLOB NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (site, session)
);
