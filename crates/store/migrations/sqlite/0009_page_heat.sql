-- What recordings tell of pages: where the pointer was and what was in view for how long. One row
-- a session and page while the recording is there, so that any sessions can be asked for.
CREATE TABLE page_heat (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    page TEXT NOT NULL,
    device TEXT NOT NULL,
    -- Days since 1970-01-01 in the site's time zone, of the session's beginning.
    day BIGINT NOT NULL,
    -- Where it is to be seen: the page load, when the page came up in it, and when it had settled.
    window_id BLOB NOT NULL,
    from_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    heat BLOB NOT NULL,
    PRIMARY KEY (site, session, page)
);
CREATE INDEX page_heat_by_page ON page_heat (site, page, day, at_ms);

-- The sums of the same, which tell of nobody and stay when recordings go.
CREATE TABLE page_heat_days (
    site BIGINT NOT NULL,
    page TEXT NOT NULL,
    device TEXT NOT NULL,
    day BIGINT NOT NULL,
    heat BLOB NOT NULL,
    PRIMARY KEY (site, page, device, day)
);

-- How far each recording was read for it: one that goes on is read again.
CREATE TABLE page_heat_read (
    site BIGINT NOT NULL,
    session BLOB NOT NULL,
    ended_ms BIGINT NOT NULL,
    PRIMARY KEY (site, session)
);
