-- Months whose figures were published: what was said stays said, and what arrives later is shown as a correction. They
-- are no projection: nothing in the log tells what was known on that day.
CREATE TABLE {schema}.published_months (
    month date PRIMARY KEY,
    published_at timestamptz NOT NULL,
    told jsonb NOT NULL
);

-- The tickets behind each part of a published month, to tell which of them a correction is about.
CREATE TABLE {schema}.published_parts (
    month date NOT NULL REFERENCES {schema}.published_months,
    part text NOT NULL,
    tickets uuid[] NOT NULL,
    PRIMARY KEY (month, part)
);

GRANT SELECT, INSERT ON {schema}.published_months, {schema}.published_parts TO {role};
