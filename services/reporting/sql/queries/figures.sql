-- name: counts
-- How many of each part of the figures count in each period, told apart by one dimension, of all or of one group: from
-- the sums.
SELECT period.number::int, counts.*
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
CROSS JOIN LATERAL reporting_figures.counts(period.starts, period.ends, $3)
WHERE $4::text IS NULL OR counts.key = $4;

-- name: spots
-- Where each place's facts say that it lies, also those that are not summed yet.
SELECT place, area
FROM reporting_figures.spots
UNION
SELECT place, area
FROM reporting_figures.unsummed
WHERE place IS NOT NULL;

-- name: counts_of_spots
-- What counts at some places of some areas, each by itself: the directory says that they lie elsewhere.
SELECT period.number::int, facts.place, facts.area, part, count(*) AS rows
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
CROSS JOIN unnest($3::text[], $4::text[]) AS spot (place, area)
JOIN reporting_figures.cases ON cases.place = spot.place
JOIN reporting_figures.facts
    ON facts.ticket = cases.ticket AND facts.place = spot.place AND facts.area IS NOT DISTINCT FROM spot.area
    AND facts.since < period.ends AND facts.until >= period.ends AND (facts.standing OR facts.at >= period.starts)
CROSS JOIN LATERAL unnest(facts.parts) AS part
GROUP BY period.number, facts.place, facts.area, part;

-- name: tallies
-- How many of each part of the figures count in each period, told apart and narrowed by several dimensions at once: from
-- the facts. Which places and areas count, and in which group each of them lies, is given.
WITH counted AS (
    SELECT period.number::int, behind.parts,
        CASE WHEN 'area' = ANY ($3::text[]) THEN behind.place END AS place,
        CASE WHEN 'area' = ANY ($3) THEN behind.area END AS area,
        CASE WHEN 'category' = ANY ($3) THEN behind.category END AS category,
        CASE WHEN 'unit' = ANY ($3) THEN behind.unit END AS unit,
        CASE WHEN 'channel' = ANY ($3) THEN behind.channel END AS channel,
        CASE WHEN 'urgency' = ANY ($3) THEN behind.urgency END AS urgency,
        count(*) AS rows
    FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
    CROSS JOIN LATERAL reporting_figures.behind(period.starts, period.ends)
    WHERE ($4::text IS NULL OR behind.category = $4) AND ($5::text IS NULL OR behind.unit = $5)
        AND ($6::text IS NULL OR behind.channel = $6) AND ($7::text IS NULL OR behind.urgency = $7)
        -- A place that the directory knows lies where that says, any other where its case says.
        AND ($8::text[] IS NULL OR coalesce(behind.place = ANY ($8), false)
            OR behind.area = ANY ($9::text[]) AND NOT coalesce(behind.place = ANY ($10::text[]), false))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), grouped AS (
    SELECT number, parts, category, unit, channel, urgency, rows,
        CASE WHEN $11::jsonb ? place THEN $11 ->> place ELSE $12::jsonb ->> area END AS area
    FROM counted
)
SELECT number, NULL AS place, area, category, unit, channel, urgency, part, sum(rows)::bigint AS rows
FROM grouped
CROSS JOIN LATERAL unnest(parts) AS part
GROUP BY number, area, category, unit, channel, urgency, part;

-- name: counts_beside
-- How many of each part of the figures count in each period outside of these areas: from the sums.
SELECT counts.*
FROM unnest($1::timestamptz[], $2::timestamptz[]) AS period (starts, ends)
CROSS JOIN LATERAL reporting_figures.counts(period.starts, period.ends, 'area')
WHERE counts.key IS NULL OR NOT counts.key = ANY ($3::text[]);

-- name: minutes
-- How long what ended in each period took, told apart and narrowed as `tallies`.
SELECT period.number::int, facts.parts[1] AS part, array_agg(facts.minutes) AS minutes, NULL AS place,
    CASE WHEN 'area' = ANY ($3::text[])
        THEN CASE WHEN $11::jsonb ? facts.place THEN $11 ->> facts.place ELSE $12::jsonb ->> facts.area END
    END AS area,
    CASE WHEN 'category' = ANY ($3) THEN facts.category END AS category,
    CASE WHEN 'unit' = ANY ($3) THEN facts.unit END AS unit,
    CASE WHEN 'channel' = ANY ($3) THEN facts.channel END AS channel,
    CASE WHEN 'urgency' = ANY ($3) THEN facts.urgency END AS urgency
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
JOIN reporting_figures.facts ON facts.fact = 'stage' AND NOT facts.standing
    AND facts.at >= period.starts AND facts.at < period.ends
    AND facts.since < period.ends AND facts.until >= period.ends
WHERE ($4::text IS NULL OR facts.category = $4) AND ($5::text IS NULL OR facts.unit = $5)
    AND ($6::text IS NULL OR facts.channel = $6) AND ($7::text IS NULL OR facts.urgency = $7)
    -- A place that the directory knows lies where that says, any other where its case says.
    AND ($8::text[] IS NULL OR coalesce(facts.place = ANY ($8), false)
        OR facts.area = ANY ($9::text[]) AND NOT coalesce(facts.place = ANY ($10::text[]), false))
    AND facts.parts[1] = ANY ($13::text[])
GROUP BY 1, 2, 5, 6, 7, 8, 9;

-- name: times_apart
-- The same by classes, counted from each length, with first responses among them.
WITH ended AS (
    SELECT period.number::int, ended.part, reporting_figures.class_of(ended.minutes) AS class,
        count(*)::int AS rows, sum(round(ended.minutes * 60000)::bigint) AS milliseconds,
        CASE WHEN 'area' = ANY ($3::text[])
            THEN CASE WHEN $11::jsonb ? ended.place THEN $11 ->> ended.place ELSE $12::jsonb ->> ended.area END
        END AS area,
        CASE WHEN 'category' = ANY ($3) THEN ended.category END AS category,
        CASE WHEN 'unit' = ANY ($3) THEN ended.unit END AS unit,
        CASE WHEN 'channel' = ANY ($3) THEN ended.channel END AS channel,
        CASE WHEN 'urgency' = ANY ($3) THEN ended.urgency END AS urgency
    FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
    JOIN reporting_figures.durations AS ended ON ended.at >= period.starts AND ended.at < period.ends
        AND ended.since < period.ends AND ended.until >= period.ends
    WHERE ($4::text IS NULL OR ended.category = $4) AND ($5::text IS NULL OR ended.unit = $5)
        AND ($6::text IS NULL OR ended.channel = $6) AND ($7::text IS NULL OR ended.urgency = $7)
        -- A place that the directory knows lies where that says, any other where its case says.
        AND ($8::text[] IS NULL OR coalesce(ended.place = ANY ($8), false)
            OR ended.area = ANY ($9::text[]) AND NOT coalesce(ended.place = ANY ($10::text[]), false))
        AND ended.part = ANY ($13::text[])
    GROUP BY 1, 2, 3, 6, 7, 8, 9, 10
)
SELECT number, NULL AS place, area, category, unit, channel, urgency, part, array_agg(class ORDER BY class) AS classes,
    array_agg(rows ORDER BY class) AS counts, sum(milliseconds)::bigint AS milliseconds
FROM ended
GROUP BY number, area, category, unit, channel, urgency, part;

-- name: first_responses
-- The first acceptance of each case that was accepted for the first time in a period, and from when to when, told apart
-- and narrowed as `tallies`: always by whom.
SELECT period.number::int, NULL AS place,
    CASE WHEN 'area' = ANY ($3::text[])
        THEN CASE WHEN $11::jsonb ? accepted.place THEN $11 ->> accepted.place ELSE $12::jsonb ->> accepted.area END
    END AS area,
    CASE WHEN 'category' = ANY ($3) THEN accepted.category END AS category,
    accepted.unit,
    CASE WHEN 'channel' = ANY ($3) THEN accepted.channel END AS channel,
    CASE WHEN 'urgency' = ANY ($3) THEN accepted.urgency END AS urgency,
    accepted.opened_at, accepted.at AS accepted_at
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
JOIN reporting_figures.first_acceptances AS accepted ON accepted.at >= period.starts AND accepted.at < period.ends
    AND accepted.since < period.ends AND accepted.until >= period.ends
WHERE ($4::text IS NULL OR accepted.category = $4) AND ($5::text IS NULL OR accepted.unit = $5)
    AND ($6::text IS NULL OR accepted.channel = $6) AND ($7::text IS NULL OR accepted.urgency = $7)
    -- A place that the directory knows lies where that says, any other where its case says.
    AND ($8::text[] IS NULL OR coalesce(accepted.place = ANY ($8), false)
        OR accepted.area = ANY ($9::text[]) AND NOT coalesce(accepted.place = ANY ($10::text[]), false));

-- name: give_up_after
-- No statement of this transaction takes longer than so many milliseconds.
SELECT set_config('statement_timeout', $1, true);

-- name: newest_event
-- When the newest event happened of those that came last: an imported history tells of long ago among them.
SELECT max(occurred_at)
FROM (SELECT occurred_at FROM received ORDER BY position DESC LIMIT 100) AS last;

-- name: message_counts
-- What became of the messages of a period.
SELECT event, reason, count(*) AS messages
FROM reporting_figures.messages
WHERE at >= $1 AND at < $2
GROUP BY event, reason
ORDER BY event, reason;

-- name: figure_rate
-- A figure that is a share: what counts for its numerator and what for its denominator.
SELECT count(*) FILTER (WHERE parts && $3::text[]) AS numerator,
    count(*) FILTER (WHERE parts && $4::text[]) AS denominator
FROM reporting_figures.behind($1, $2);

-- name: figure_duration
-- A figure that is how long something took.
SELECT count(minutes) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median_minutes,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes) AS p90_minutes, sum(minutes) AS total_minutes
FROM reporting_figures.behind($1, $2)
WHERE parts && $3::text[];

-- name: figure_response
-- How long reporters waited for a first response, in the working minutes of who accepted.
SELECT count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY waited.minutes) AS median_minutes,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY waited.minutes) AS p90_minutes
FROM reporting_figures.first_acceptances AS accepted
CROSS JOIN LATERAL reporting_views.waited(accepted.unit, accepted.opened_at, accepted.at) AS waited
WHERE accepted.at >= $1 AND accepted.at < $2 AND accepted.since < $2 AND accepted.until >= $2;

-- name: figure_count
-- A figure that is a number of its own.
SELECT count(*) AS count
FROM reporting_figures.behind($1, $2)
WHERE parts && $3::text[];
