-- The control plane: sites, users, logins, tokens, members, one-time links, resume points.
-- AUTOINCREMENT: a number is never given twice, so that no old reference finds a new thing.
CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    domains TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    time_zone TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    demo BIGINT NOT NULL,
    settings TEXT NOT NULL,
    secret BLOB NOT NULL
);
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    owner BIGINT NOT NULL,
    password_hash TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE TABLE logins (
    token_hash BLOB PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    created_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL
);
CREATE INDEX logins_by_user ON logins (user_id);
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE TABLE members (
    site BIGINT NOT NULL REFERENCES sites (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    PRIMARY KEY (site, user_id)
);
CREATE TABLE links (
    token_hash BLOB PRIMARY KEY,
    user_id BIGINT REFERENCES users (id),
    ends_at_ms BIGINT NOT NULL
);
CREATE TABLE imports (
    site BIGINT NOT NULL REFERENCES sites (id),
    file TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (site, file)
);
