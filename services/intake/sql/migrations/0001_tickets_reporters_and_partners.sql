-- Before the deploy. Each process takes a thousand numbers at a time, so that nobody waits for a number.
CREATE SEQUENCE ticket_numbers AS bigint START 0 MINVALUE 0 MAXVALUE 99999000 INCREMENT 1000;
GRANT USAGE ON SEQUENCE ticket_numbers TO {role};

-- What a ticket is found by; what it says stands in its events. Tokens are kept as their hash only.
CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    token_sha256 bytea NOT NULL UNIQUE,
    place text NOT NULL,
    opened_at timestamptz NOT NULL,
    partner text,
    reference text
);
GRANT SELECT, INSERT ON tickets TO {role};

-- Who has reported before, by a keyed hash of the phone: the same phone is the same person, under the same key.
CREATE TABLE reporters (
    phone_index text PRIMARY KEY,
    person text NOT NULL
);
GRANT SELECT, INSERT, DELETE ON reporters TO {role};

-- Routing's events in the reporter's words, one row a step.
CREATE TABLE ticket_steps (
    ticket_id uuid NOT NULL,
    case_version int NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    unit text,
    deadline timestamptz,
    PRIMARY KEY (ticket_id, case_version)
);
GRANT SELECT, INSERT ON ticket_steps TO {role};

-- Other systems that report for residents. Keys are kept as their hash only; revoked ones stay, to say so.
CREATE TABLE partners (
    id text PRIMARY KEY,
    name text NOT NULL,
    secret_sha256 bytea NOT NULL,
    scopes text[] NOT NULL,
    quota_per_minute int NOT NULL CHECK (quota_per_minute > 0),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON partners TO {role};

-- How often somebody came within a window of time. Addresses stand here as a keyed hash.
CREATE TABLE rate_limits (
    subject text NOT NULL,
    window_start timestamptz NOT NULL,
    used int NOT NULL,
    PRIMARY KEY (subject, window_start)
);
CREATE INDEX rate_limits_age ON rate_limits (window_start);
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO {role};

-- What was taken over from other systems: a source's id is imported once, whatever happens.
CREATE TABLE imported (
    source text NOT NULL,
    source_id text NOT NULL,
    ticket_id uuid NOT NULL,
    PRIMARY KEY (source, source_id)
);
GRANT SELECT, INSERT ON imported TO {role};
CREATE TABLE import_runs (
    source text NOT NULL,
    file_sha256 text NOT NULL,
    started_at timestamptz NOT NULL,
    lines_done bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    PRIMARY KEY (source, file_sha256)
);
GRANT SELECT, INSERT, UPDATE ON import_runs TO {role};
