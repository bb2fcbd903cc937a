-- When each person signed in last, and how; nothing is known of before. Who published an edition, as they called themselves.
SET LOCAL lock_timeout = '5s';
CREATE TABLE sign_ins (
    person text PRIMARY KEY,
    at timestamptz NOT NULL,
    by_provider boolean NOT NULL
);
ALTER TABLE district_editions ADD COLUMN published_by text;
GRANT SELECT, INSERT, UPDATE ON sign_ins TO {role};
