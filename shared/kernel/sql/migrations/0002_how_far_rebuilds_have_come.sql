-- How far the rebuild of a projection has come, so that an interrupted one goes on where it was. Run before a deploy.
CREATE TABLE rebuilds (
    projection text PRIMARY KEY,
    edition text NOT NULL,
    first_position bigint NOT NULL,
    next_position bigint NOT NULL,
    indexed boolean NOT NULL DEFAULT false
);
GRANT SELECT, INSERT, UPDATE, DELETE ON rebuilds TO {role};
