-- When a case's reporter was forgotten, for its page: it says why no words are left.
SET LOCAL lock_timeout = '5s';
CREATE TABLE erasures (
    case_id uuid PRIMARY KEY,
    at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON erasures TO {role};
