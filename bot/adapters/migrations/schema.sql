-- Written by `python -m infra.generate` from the steps in versions/.
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE blocks (
    first BIGINT NOT NULL,
    prefix INTEGER NOT NULL,
    PRIMARY KEY (first, prefix)
);
CREATE TABLE network_blocks (
    name VARCHAR(63) NOT NULL,
    first BIGINT NOT NULL,
    prefix INTEGER NOT NULL,
    PRIMARY KEY (name, first, prefix)
);
CREATE TABLE runs (
    id VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    asked_at DOUBLE NOT NULL,
    ended_at DOUBLE,
    lease_owner VARCHAR(64) NOT NULL,
    lease_until DOUBLE NOT NULL,
    epoch INTEGER NOT NULL,
    cancelled_by VARCHAR(32) NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX runs_by_state ON runs (state, asked_at);
CREATE INDEX runs_by_user ON runs (user_id, asked_at);
CREATE INDEX runs_by_channel ON runs (channel, asked_at);
CREATE TABLE commands (
    "key" VARCHAR(255) NOT NULL,
    at DOUBLE NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    verb VARCHAR(32) NOT NULL,
    line TEXT NOT NULL,
    outcome TEXT NOT NULL,
    run_id VARCHAR(16) NOT NULL,
    scanned_bytes BIGINT,
    usd DOUBLE,
    PRIMARY KEY ("key")
);
CREATE INDEX commands_by_time ON commands (at);
CREATE INDEX commands_by_run ON commands (run_id);
CREATE TABLE watches (
    id VARCHAR(16) NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    next_at DOUBLE NOT NULL,
    is_paused BOOLEAN NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX watches_by_time ON watches (is_paused, next_at);
INSERT INTO alembic_version (version_num) VALUES ('0003');
