-- What is to be done after a fix so that it lasts, by whom and by when: the inbox shows a unit its own, closed case or not.
SET LOCAL lock_timeout = '5s';
CREATE TABLE follow_ups (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    unit text NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'due', 'done', 'missed', 'cancelled')),
    deadline timestamptz NOT NULL
);
CREATE INDEX follow_ups_of_unit ON follow_ups (unit, case_id);
GRANT SELECT, INSERT, UPDATE ON follow_ups TO {role};
