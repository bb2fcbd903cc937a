-- The directory's records as they stand now, one row an entity; retired ones stay, so that old cases keep their names.
CREATE TABLE directory (
    kind text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    edition int NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (kind, id)
);
-- Counts changes, so that a process can see cheaply that its snapshot is old.
CREATE TABLE directory_changes (
    single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
    changes bigint NOT NULL DEFAULT 0
);
INSERT INTO directory_changes DEFAULT VALUES;
GRANT SELECT, INSERT, UPDATE ON directory, directory_changes TO {role};
