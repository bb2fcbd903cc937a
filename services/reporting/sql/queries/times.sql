-- name: times
-- How long what ended in each period took, by classes, told apart by one dimension, of all or of one group: of some
-- stages and first responses.
SELECT period.number::int, times.*
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
CROSS JOIN LATERAL reporting_figures.times(period.starts, period.ends, $3) AS times
WHERE ($4::text IS NULL OR times.key = $4) AND times.part = ANY ($5::text[]);

-- name: times_of_spots
-- How long what ended at some places of some areas took, by classes: the directory says that they lie elsewhere.
SELECT period.number::int, ended.place, ended.area, ended.part,
    ARRAY[reporting_figures.class_of(ended.minutes)] AS classes, ARRAY[count(*)::int] AS counts, sum(round(ended.minutes * 60000)::bigint)::bigint AS milliseconds
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
CROSS JOIN unnest($3::text[], $4::text[]) AS spot (place, area)
JOIN reporting_figures.cases ON cases.place = spot.place
JOIN reporting_figures.durations AS ended
    ON ended.ticket = cases.ticket AND ended.place = spot.place AND ended.area IS NOT DISTINCT FROM spot.area
    AND ended.at >= period.starts AND ended.at < period.ends AND ended.since < period.ends
    AND ended.until >= period.ends
WHERE ended.part = ANY ($5::text[])
GROUP BY period.number, ended.place, ended.area, ended.part, reporting_figures.class_of(ended.minutes);

-- name: is_timed
-- Whether lengths are told by classes: of every fact, and by the calendars that units have now.
SELECT EXISTS (
    SELECT FROM reporting_figures.timed JOIN reporting_views.working_time USING (calendars_edition)) AS told;

-- name: timing_is_due
-- What there is to be done: lengths that were there before the classes, once code that writes facts alone has had time
-- to go, or calendars that were not looked at since the directory changed, or tables that were put in place of others.
SELECT NOT timed.whole AND at < now() - make_interval(mins => $1) AS lengths,
    timed.whole AND NOT EXISTS (
        SELECT FROM reporting_figures.timed JOIN reporting_views.working_time USING (calendars_edition)) AS calendars
FROM migrations
CROSS JOIN (SELECT EXISTS (SELECT FROM reporting_figures.timed) AS whole) AS timed
WHERE component = 'reporting' AND file = '0022_figures_times.sql';

-- name: calendars_differ
-- Whether units work by other hours than first responses are counted by: than are known, or than were so then.
WITH told AS (
    SELECT id, body -> 'hours' AS hours, body -> 'days_off' AS days_off, body -> 'make_up_workdays' AS make_up_workdays
    FROM directory
    WHERE kind = 'calendar'
), followed AS (
    SELECT units.id AS unit, told.id AS calendar
    FROM directory AS units
    JOIN told ON told.id = units.body ->> 'calendar'
    WHERE units.kind = 'unit'
)
SELECT EXISTS (SELECT * FROM told EXCEPT SELECT * FROM working_calendars)
    OR EXISTS (SELECT * FROM working_calendars EXCEPT SELECT * FROM told)
    OR EXISTS (SELECT * FROM followed EXCEPT SELECT * FROM working_units)
    OR EXISTS (SELECT * FROM working_units EXCEPT SELECT * FROM followed)
    OR NOT EXISTS (SELECT FROM reporting_figures.timed JOIN working_time_seen USING (calendars_edition)) AS differ;

-- name: forget_calendars
-- The calendars as they were.
WITH calendars AS (
    DELETE FROM working_calendars
), units AS (
    DELETE FROM working_units
), others AS (
    UPDATE working_time_seen SET calendars_edition = calendars_edition + 1
)
DELETE FROM working_days;

-- name: copy_calendars
-- The calendars as they are.
INSERT INTO working_calendars (id, hours, days_off, make_up_workdays)
SELECT id, body -> 'hours', body -> 'days_off', body -> 'make_up_workdays'
FROM directory
WHERE kind = 'calendar';

-- name: copy_units
-- Who works by which.
INSERT INTO working_units (unit, calendar)
SELECT id, body ->> 'calendar'
FROM directory
WHERE kind = 'unit' AND body ->> 'calendar' IN (SELECT id FROM working_calendars);

-- name: copy_days
-- The hours of each of their days, and how much working time there was before it. In a year whose list is not known
-- every weekday is one.
INSERT INTO working_days (calendar, day, before, opens, closes)
SELECT id, day, coalesce(sum(worked) OVER earlier, 0)::bigint, opens, closes
FROM (
    SELECT calendars.id, dated.day::date AS day, coalesce(weekly.opens, '{}') AS opens,
        coalesce(weekly.closes, '{}') AS closes, coalesce(weekly.worked, 0) AS worked
    FROM working_calendars AS calendars
    CROSS JOIN (
        SELECT day, to_char(day, 'YYYY-MM-DD') AS written, extract(isodow FROM day)::text AS weekday
        FROM generate_series(timestamp '2000-01-01', timestamp '2049-12-31', interval '1 day') AS day
    ) AS dated
    LEFT JOIN (
        SELECT id, weekday, array_agg((span ->> 0)::bigint * 60000000 ORDER BY (span ->> 0)::int) AS opens,
            array_agg((span ->> 1)::bigint * 60000000 ORDER BY (span ->> 0)::int) AS closes,
            sum((span ->> 1)::bigint - (span ->> 0)::bigint) * 60000000 AS worked
        FROM working_calendars
        CROSS JOIN LATERAL jsonb_each(hours) AS of_weekday (weekday, spans)
        CROSS JOIN LATERAL jsonb_array_elements(spans) AS span
        GROUP BY id, weekday
    ) AS weekly
        ON weekly.id = calendars.id AND NOT calendars.days_off ? dated.written
        AND weekly.weekday = coalesce(calendars.make_up_workdays ->> dated.written, dated.weekday)
) AS worked_on
WINDOW earlier AS (PARTITION BY id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- name: changes_to_see
-- How often the directory has changed: asked before it is read, since what changes meanwhile may be missed.
SELECT changes FROM directory_changes;

-- name: calendars_seen
-- First responses are counted by the calendars that units had after so many changes of the directory.
UPDATE working_time_seen SET changes = $1;

-- name: counted_by_them
-- So are the first responses of these tables.
UPDATE reporting_figures.timed SET calendars_edition = (SELECT calendars_edition FROM working_time_seen);

-- name: forget_times
-- The classes are worked out anew.
DELETE FROM reporting_figures.times;

-- name: forget_first_responses
-- Those of working minutes are.
DELETE FROM reporting_figures.times WHERE part = 'first_response';

-- name: all_timed
-- The classes tell of every length from now on.
INSERT INTO reporting_figures.timed (whole) VALUES (true);
