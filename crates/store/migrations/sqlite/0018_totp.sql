-- The second factor of a user: the secret that the app on their phone has too, and the last time step
-- of which a code was taken, so that none is taken twice. Not confirmed, it asks for nothing yet.
CREATE TABLE second_factors (
    user_id BIGINT PRIMARY KEY REFERENCES users (id),
    secret BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    confirmed_at_ms BIGINT,
    last_step BIGINT NOT NULL
);
-- Codes for the day on which the phone is lost: each once, as a hash.
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);
-- What holds for the whole installation, by name.
CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
