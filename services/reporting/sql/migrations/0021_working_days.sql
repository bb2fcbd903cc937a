-- By which hours each unit worked when first responses were counted last: whoever takes one back takes back what was
-- added. `before` is how many microseconds of working time a calendar has had since 2000 before a day begins.
CREATE TABLE working_calendars (
    id text PRIMARY KEY,
    hours jsonb NOT NULL,
    days_off jsonb NOT NULL,
    make_up_workdays jsonb NOT NULL
);
CREATE TABLE working_units (
    unit text PRIMARY KEY,
    calendar text NOT NULL
);
CREATE TABLE working_days (
    calendar text NOT NULL,
    day date NOT NULL,
    before bigint NOT NULL,
    opens bigint[] NOT NULL,
    closes bigint[] NOT NULL,
    PRIMARY KEY (calendar, day)
);
-- After which change of the directory it was last looked whether they are still so.
CREATE TABLE working_time_seen (
    single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
    changes bigint NOT NULL DEFAULT -1
);
INSERT INTO working_time_seen DEFAULT VALUES;
GRANT SELECT, INSERT, UPDATE, DELETE ON working_calendars, working_units, working_days, working_time_seen TO {role};

CREATE VIEW reporting_views.working_units AS
SELECT unit, calendar FROM {schema}.working_units;
CREATE VIEW reporting_views.working_days AS
SELECT calendar, day, before, opens, closes FROM {schema}.working_days;
-- A row says that first responses are counted by the calendars that units have now.
CREATE VIEW reporting_views.working_time AS
SELECT true AS is_known FROM {schema}.working_time_seen JOIN {schema}.directory_changes USING (changes);

-- The whole minutes of a unit's working time from one moment to another, as far as days are known; no row where its
-- calendar is not. Each day is looked up by itself, whoever asks: of one length or of a million.
CREATE FUNCTION reporting_views.waited(unit text, since timestamptz, until timestamptz)
RETURNS TABLE (minutes int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT ((
        (
            SELECT days.before + (
                    SELECT coalesce(sum(greatest(0, least(last.moment, span.closes) - span.opens)), 0)::bigint
                    FROM unnest(days.opens, days.closes) AS span (opens, closes)
                )
            FROM reporting_views.working_days AS days
            WHERE days.calendar = units.calendar AND days.day = last.day
        ) - (
            SELECT days.before + (
                    SELECT coalesce(sum(greatest(0, least(first.moment, span.closes) - span.opens)), 0)::bigint
                    FROM unnest(days.opens, days.closes) AS span (opens, closes)
                )
            FROM reporting_views.working_days AS days
            WHERE days.calendar = units.calendar AND days.day = first.day
        )
    ) / 60000000)::int
    FROM reporting_views.working_units AS units
    CROSS JOIN LATERAL (
        SELECT local::date AS day, (extract(epoch FROM local::time) * 1000000)::bigint AS moment
        FROM (SELECT greatest(waited.since AT TIME ZONE 'Asia/Shanghai', '2000-01-01') AS local) AS dated
    ) AS first
    CROSS JOIN LATERAL (
        SELECT local::date AS day, (extract(epoch FROM local::time) * 1000000)::bigint AS moment
        FROM (SELECT least(waited.until AT TIME ZONE 'Asia/Shanghai', '2049-12-31 23:59:59') AS local) AS dated
    ) AS last
    WHERE units.unit = waited.unit;
END;

ALTER VIEW reporting_views.working_units OWNER TO {role};
ALTER VIEW reporting_views.working_days OWNER TO {role};
ALTER VIEW reporting_views.working_time OWNER TO {role};
ALTER FUNCTION reporting_views.waited(text, timestamptz, timestamptz) OWNER TO {role};
GRANT SELECT ON reporting_views.working_units, reporting_views.working_days, reporting_views.working_time
    TO yima_grafana;
