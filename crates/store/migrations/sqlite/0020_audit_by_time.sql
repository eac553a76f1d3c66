-- Old entries are looked for every ten minutes, and people ask for days.
CREATE INDEX audit_by_time ON audit (at_ms);
