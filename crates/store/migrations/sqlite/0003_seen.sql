-- What was received, as each seal found it: one row a site and seal instead of one a window and
-- session. A start reads a few hundred rows instead of a million, and a seal appends instead of
-- updating two indexes a row. A window's latest entry holds.
DROP TABLE seen_windows;
DROP TABLE seen_sessions;

CREATE TABLE seen (
    site BIGINT NOT NULL,
    covered_position BIGINT NOT NULL,
    -- The latest of all its entries: then none of them is needed any more.
    last_receipt_ms BIGINT NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (site, covered_position)
);
CREATE INDEX seen_by_receipt ON seen (last_receipt_ms);
