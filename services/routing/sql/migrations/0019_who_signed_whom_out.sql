-- By which admin somebody's sessions were ended everywhere, and when; nothing is known of before.
SET LOCAL lock_timeout = '5s';
CREATE TABLE sessions_ended (
    person text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    PRIMARY KEY (person, at)
);
GRANT SELECT, INSERT ON sessions_ended TO {role};
