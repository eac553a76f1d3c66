-- What the public endpoints refused, summed by site, day UTC, what it was and why. It says how much,
-- never of whom.
CREATE TABLE losses (
    site BIGINT NOT NULL,
    day_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (site, day_ms, what, reason)
);
