-- What stands behind every figure: one row for each thing that is counted, worked out when its events arrive.
-- A row of the past counts in the period that `at` lies in, from `since` on (a figure that was told before could not
-- know of it) and no longer after `until`. A standing row counts in every period that ends between `since` and `until`.
ALTER TABLE reporting_figures.cases ADD COLUMN number text;
ALTER TABLE reporting_figures.phases ADD COLUMN due timestamptz;
ALTER TABLE reporting_figures.phases ADD COLUMN subject text;
ALTER TABLE reporting_figures.messages ADD COLUMN outcome text;

CREATE TABLE reporting_figures.facts (
    ticket uuid NOT NULL,
    fact text NOT NULL,
    key text NOT NULL,
    parts text[] NOT NULL,
    standing boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    minutes double precision,
    unit text,
    place text,
    area text,
    category text,
    channel text,
    urgency text,
    PRIMARY KEY (ticket, fact, key)
) WITH (fillfactor = 80);

ALTER TABLE reporting_figures.facts OWNER TO {role};
