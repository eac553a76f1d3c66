-- Until when an alert's buckets have been judged: what ended since is judged too, also after a pause.
ALTER TABLE alerts ADD COLUMN judged_to_ms BIGINT;
-- When a message that waited was taken back, as with its alert.
ALTER TABLE deliveries ADD COLUMN withdrawn_at_ms BIGINT;
