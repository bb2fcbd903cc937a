-- What the directory said of areas, places, units and categories, and since when: figures can be told by the tree of the
-- day that they are about. What was said before reporting first listened nobody here knows.
CREATE TABLE {schema}.directory_history (
    kind text NOT NULL,
    id text NOT NULL,
    since timestamptz NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (kind, id, since)
);

INSERT INTO {schema}.directory_history (kind, id, since, type, schema_version, body)
SELECT kind, id, (body ->> 'at')::timestamptz, type, schema_version, body
FROM {schema}.directory
WHERE kind IN ('area', 'place', 'unit', 'category');

GRANT SELECT, INSERT, UPDATE ON {schema}.directory_history TO {role};
