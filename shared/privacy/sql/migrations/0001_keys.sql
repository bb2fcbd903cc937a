-- Keys by person: wrapped by the platform key, or the marker that the person was forgotten. Never events: the log is
-- for ever, a key must be able to go.
CREATE TABLE keys (
    person text PRIMARY KEY,
    version int NOT NULL CHECK (version > 0),
    state text NOT NULL CHECK (state IN ('wrapped', 'erased')),
    wrapped text,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((state = 'wrapped') = (wrapped IS NOT NULL))
);
GRANT SELECT, INSERT, UPDATE ON keys TO {role};
