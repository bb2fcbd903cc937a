-- How long things took, by classes: one is of all that took from one length to some 4 % more, so that a median of them
-- is at most 2 % from the exact one. A row has how many are of each class, and how long all took together: of a month or
-- a year for all and by each dimension, of a day for all alone.
CREATE TABLE reporting_figures.times (
    dimension text NOT NULL,
    grain text NOT NULL,
    at date NOT NULL,
    key text,
    part text NOT NULL,
    classes smallint[] NOT NULL,
    counts int[] NOT NULL,
    milliseconds bigint NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX times_cell ON reporting_figures.times (dimension, grain, at, part, key) NULLS NOT DISTINCT;
ALTER TABLE reporting_figures.times OWNER TO {role};

-- What a change of the facts says of a length.
ALTER TABLE reporting_figures.unsummed ADD COLUMN ticket uuid;
ALTER TABLE reporting_figures.unsummed ADD COLUMN fact_key text;
ALTER TABLE reporting_figures.unsummed ADD COLUMN minutes double precision;

-- A row says that the classes tell of every length, but for what is not summed yet: until then they are sorted.
CREATE TABLE reporting_figures.timed (
    whole boolean NOT NULL
);
ALTER TABLE reporting_figures.timed OWNER TO {role};
INSERT INTO reporting_figures.timed SELECT true WHERE NOT EXISTS (SELECT FROM reporting_figures.facts);

-- The class of a length: the power of 1.02 / 0.98 that is next above it; what takes no time is of a class of its own.
CREATE FUNCTION reporting_figures.class_of(minutes double precision) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN minutes <= 0.01 THEN -200 ELSE ceil(ln(minutes) / ln(1.02::float8 / 0.98::float8)) END::smallint;
ALTER FUNCTION reporting_figures.class_of(double precision) OWNER TO {role};
