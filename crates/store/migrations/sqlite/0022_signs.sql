-- What pages have asked and sent, as far as it tells whether a site's tag works: by site the last time
-- of each sign. It says nothing of who asked; of a foreign page only its host.
CREATE TABLE signs (
    site BIGINT PRIMARY KEY,
    signs TEXT NOT NULL
);

-- One row: since when signs are noted, when the server came back after it was away for long, and when
-- it noted them last.
CREATE TABLE signs_noted (
    one BIGINT PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    resumed_ms BIGINT NOT NULL,
    noted_ms BIGINT NOT NULL
);
