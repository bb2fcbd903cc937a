-- The event log: append only for the service's role; the history is for ever.
CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    event_id uuid NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    data jsonb NOT NULL,
    metadata jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (stream, version)
);
CREATE INDEX events_recorded ON events (recorded_at);
GRANT SELECT, INSERT ON events TO {role};

-- What the relay has still to send. Queue tables: vacuumed often, since each row lives for milliseconds.
CREATE TABLE outbox (
    position bigint PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_insert_scale_factor = 0.0, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE outbox_states (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE relay_state (
    single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
    last_acknowledged_at timestamptz
);
INSERT INTO relay_state DEFAULT VALUES;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, outbox_states, relay_state TO {role};

-- The first answer to each command that came with a key.
CREATE TABLE commands (
    caller text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    body_hmac bytea NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (caller, operation, key)
);
GRANT SELECT, INSERT ON commands TO {role};

-- How far each stream of another publisher has taken effect here: the ids of all its events in order of version for
-- streams of events, of the newest alone for streams of state. An id that differs at a version is a fork.
CREATE TABLE seen (
    consumer text NOT NULL,
    publisher text NOT NULL,
    stream text NOT NULL,
    version int NOT NULL,
    first_version int NOT NULL,
    event_ids uuid[] NOT NULL,
    PRIMARY KEY (consumer, publisher, stream)
);
CREATE TABLE offsets (
    consumer text NOT NULL,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (consumer, cluster_id, topic, partition)
);
CREATE TABLE received (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    publisher text NOT NULL,
    stream text NOT NULL,
    version int NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    occurred_at timestamptz NOT NULL,
    data jsonb NOT NULL
);
CREATE TABLE parked (
    consumer text NOT NULL,
    publisher text NOT NULL,
    stream text NOT NULL,
    version int NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason IN ('poison', 'gap', 'fork', 'waiting', 'behind')),
    waiting_for text,
    error text,
    retry_requested boolean NOT NULL DEFAULT false,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    headers jsonb NOT NULL,
    data bytea NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, publisher, stream, version, event_id)
);
CREATE INDEX parked_waiting ON parked (consumer, waiting_for) WHERE waiting_for IS NOT NULL;
CREATE TABLE dropped (
    LIKE parked INCLUDING DEFAULTS,
    dropped_because text NOT NULL,
    dropped_by text NOT NULL,
    dropped_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON seen, offsets, received, parked TO {role};
GRANT SELECT, INSERT ON dropped TO {role};

-- Commands insert rows of a new generation; only firing deletes them.
CREATE TABLE timers (
    kind text NOT NULL,
    subject text NOT NULL,
    generation int NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    error text,
    PRIMARY KEY (kind, subject, generation)
);
CREATE INDEX timers_due ON timers (due_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON timers TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
