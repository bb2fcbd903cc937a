-- The cases as the desk lists them; what people wrote stays sealed, and a case's timeline is read from its events.
CREATE TABLE cases (
    id uuid PRIMARY KEY,
    version int NOT NULL,
    number text NOT NULL,
    status text NOT NULL CHECK (status IN ('unassigned', 'assigned', 'accepted', 'resolved', 'verified', 'closed')),
    unit text,
    left_unit text,
    accepted_by text,
    place text NOT NULL,
    area text NOT NULL,
    category text,
    urgent boolean NOT NULL,
    again boolean NOT NULL,
    history boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    accept_by timestamptz,
    resolve_by timestamptz,
    text jsonb NOT NULL,
    -- The clock that runs now: none once the work is done, and none in imported history.
    due_at timestamptz GENERATED ALWAYS AS (
        CASE
            WHEN history THEN NULL
            WHEN status IN ('unassigned', 'assigned') THEN coalesce(accept_by, resolve_by)
            WHEN status = 'accepted' THEN resolve_by
        END
    ) STORED
);
CREATE INDEX cases_open_by_unit ON cases (coalesce(unit, left_unit), due_at) WHERE status <> 'closed';
CREATE INDEX cases_open_by_area ON cases (area, due_at) WHERE status <> 'closed';
CREATE INDEX cases_closed ON cases (closed_at) WHERE status = 'closed';

-- The units that the ladder has told of a case: from then on they see it.
CREATE TABLE told (
    unit text NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (unit, case_id)
);

-- What the reporter answered at the visit back, for the case's page; the words stay sealed.
CREATE TABLE ratings (
    case_id uuid PRIMARY KEY,
    rating text NOT NULL,
    words jsonb,
    at timestamptz NOT NULL
);

-- Local accounts of the district's people; sessions and failed sign-ins are kept under hashes only.
CREATE TABLE accounts (
    person text PRIMARY KEY,
    password_hash text NOT NULL,
    must_change boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL
);
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    person text NOT NULL REFERENCES accounts,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person);
CREATE TABLE sign_in_failures (
    who text NOT NULL,
    counted_from timestamptz NOT NULL,
    failures int NOT NULL,
    PRIMARY KEY (who, counted_from)
);

-- Each publication of the district. The file itself is not kept: it holds the staff's phones.
CREATE TABLE district_editions (
    edition int PRIMARY KEY,
    published_at timestamptz NOT NULL,
    file_sha256 text NOT NULL,
    changed int NOT NULL,
    retired int NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON cases, ratings, accounts TO {role};
GRANT SELECT, INSERT ON told, district_editions TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, sign_in_failures TO {role};
