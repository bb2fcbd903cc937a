-- What the broker has acknowledged in the last minutes, a row a batch, so that exactly that can be sent again when the
-- broker comes back without its last records. The time an event was recorded does not tell: a backlog is old when it
-- is sent. Run before a deploy; the relay of before stops by the missing table and is restarted as the new one.
CREATE TABLE acknowledged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    positions bigint[] NOT NULL,
    keys text[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX acknowledged_at ON acknowledged (at);
GRANT SELECT, INSERT, DELETE ON acknowledged TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
DROP TABLE relay_state;

-- Every key whose state this service has ever published: what it sends again when all is republished. What it only
-- follows is not in it, since a follower's copy may be older than its publisher's, and of compacted records the last wins.
CREATE TABLE published_states (
    key text PRIMARY KEY
);
GRANT SELECT, INSERT ON published_states TO {role};

-- An event queued again while it is on its way is sent again: the acknowledgement of the first does not forget it.
ALTER TABLE outbox ADD COLUMN times_queued int NOT NULL DEFAULT 1;

-- When the last record before `next_offset` was written, by which the consumer knows it again.
ALTER TABLE offsets ADD COLUMN last_timestamp bigint;
