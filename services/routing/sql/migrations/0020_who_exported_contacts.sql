-- Who took reporters' contacts out of the platform, which and what for: written before the first row is given, for good.
SET LOCAL lock_timeout = '5s';
CREATE TABLE contact_exports (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    person text NOT NULL,
    role text NOT NULL,
    unit text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    tickets int NOT NULL,
    reason text NOT NULL
);
GRANT SELECT, INSERT ON contact_exports TO {role};
