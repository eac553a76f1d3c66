-- Which recordings each user has seen. A row goes with its user, its site and its recording.
CREATE TABLE seen_recordings (
    user_id BIGINT NOT NULL REFERENCES users (id),
    site BIGINT NOT NULL REFERENCES sites (id),
    session BLOB NOT NULL,
    PRIMARY KEY (user_id, site, session)
);
CREATE INDEX seen_recordings_by_session ON seen_recordings (site, session);
