-- name: rows
-- What counts, of the area, category and unit that the dashboard is narrowed to.
(
    SELECT * FROM {{source}}
    WHERE {{only}}
) AS behind

-- name: chosen
-- A place that the directory knows lies where that says, any other where its case says.
(${category:sqlstring} = '' OR category = ${category:sqlstring})
    AND (${unit:sqlstring} = '' OR unit = ${unit:sqlstring})
    AND (${area:sqlstring} = '' OR CASE WHEN place IN (SELECT id FROM reporting_views.places)
        THEN place IN (SELECT id FROM reporting_views.lies_in WHERE kind = 'place' AND area = ${area:sqlstring})
        ELSE area IN (SELECT id FROM reporting_views.lies_in WHERE kind = 'area' AND area = ${area:sqlstring}) END)

-- name: stages
-- The walks through a stage that ended in the time, a part of `behind`: each is of one part, by which an index has them.
(
        SELECT * FROM reporting_figures.facts
        WHERE fact = 'stage' AND NOT standing AND parts = '{{{part}}}'::text[]
            AND at >= $1 AND at < $2 AND since < $2 AND until >= $2
    ) AS every

-- name: at_level
-- What counts, each with the area of the chosen level that it lies in.
(
        SELECT placed.*, found.area AS level_area
        FROM (
            SELECT *, place IN (SELECT id FROM reporting_views.places) IS TRUE AS known
            FROM reporting_figures.behind($1, $2)
        ) AS placed
        LEFT JOIN (
            SELECT lies_in.kind, lies_in.id, lies_in.area
            FROM reporting_views.lies_in
            JOIN reporting_views.areas ON areas.id = lies_in.area AND areas.level = ${level:sqlstring}
        ) AS found
            ON found.kind = CASE WHEN placed.known THEN 'place' ELSE 'area' END
            AND found.id = CASE WHEN placed.known THEN placed.place ELSE placed.area END
    ) AS every

-- name: sums
-- What counts, from the sums: of all, or of the one area, category or unit that the dashboard is narrowed to.
SELECT {{told}}
FROM reporting_figures.counts($1, $2, {{dimension}}) AS counts{{placed}}
WHERE {{only}}

-- name: placed
-- The area of the chosen level that an area lies in.

LEFT JOIN (
    SELECT lies_in.id, lies_in.area
    FROM reporting_views.lies_in
    JOIN reporting_views.areas ON areas.id = lies_in.area AND areas.level = ${level:sqlstring}
    WHERE lies_in.kind = 'area'
) AS found ON found.id = counts.key

-- name: dimension
-- Which sums tell it.
CASE WHEN ${category:sqlstring} <> '' THEN 'category' WHEN ${unit:sqlstring} <> '' THEN 'unit'
        WHEN ${area:sqlstring} <> '' THEN 'area' ELSE 'all' END

-- name: chosen_key
-- What was chosen, by the sums' key.
CASE WHEN ${category:sqlstring} <> '' THEN counts.key = ${category:sqlstring}
        WHEN ${unit:sqlstring} <> '' THEN counts.key = ${unit:sqlstring}
        WHEN ${area:sqlstring} <> '' THEN counts.key IN (
            SELECT id FROM reporting_views.lies_in WHERE kind = 'area' AND area = ${area:sqlstring})
        ELSE true END

-- name: by_sums
-- From the sums where they tell it, else from the facts: only one of the two is read.
SELECT * FROM (
{{sums}}
) AS summed
WHERE {{summed}}
UNION ALL
SELECT * FROM (
{{facts}}
) AS counted
WHERE NOT ({{summed}})

-- name: summed
-- Whether the sums tell it: of whole days and one dimension, by area while each place lies where its cases say.
EXISTS (SELECT FROM reporting_figures.summed)
    AND date_trunc('day', {{starts}}, 'Asia/Shanghai') = {{starts}}
    AND {{chosen}} <= {{chosen_max}}
    AND ({{whole}} OR NOT EXISTS (
        SELECT FROM (
            SELECT place, area FROM reporting_figures.spots
            UNION
            SELECT place, area FROM reporting_figures.unsummed
        ) AS spot
        JOIN reporting_views.places ON places.id = spot.place
        WHERE places.area IS DISTINCT FROM spot.area))

-- name: classed
-- Whether times are told by classes: where sums tell it, and of more than are sorted.
{{summed}}
    AND EXISTS (SELECT FROM reporting_figures.timed JOIN reporting_views.working_time USING (calendars_edition))
    AND (
        SELECT sum(stage_accept + stage_resolve + stage_verify + stage_close + returned)
        FROM reporting_figures.counts({{starts}}, {{ends}}, {{dimension}}) AS counts
        WHERE {{only}}) > {{sorted_max}}

-- name: by_classes
-- How long something took, by classes: of each its least length that is more than 2 % from none in it.
SELECT {{key}}coalesce(max(up_to), 0) AS count,
    (min({{length}}) FILTER (WHERE up_to > (lengths - 1) / 2) + min({{length}}) FILTER (WHERE up_to > lengths / 2)) / 2
        AS median_minutes,
    min({{length}}) FILTER (WHERE up_to >= (9 * lengths + 9) / 10) AS p90_minutes
FROM (
    SELECT key, class, sum(sum(count)) OVER (PARTITION BY key ORDER BY class)::bigint AS up_to,
        sum(sum(count)) OVER (PARTITION BY key)::bigint AS lengths
    FROM (
        SELECT {{told_by}} AS key, told.class, counts.sign * told.count AS count
        FROM reporting_figures.times($1, $2, {{dimension}}) AS counts{{placed}}
        CROSS JOIN LATERAL unnest(counts.classes, counts.counts) AS told (class, count)
        WHERE counts.part = '{{part}}' AND {{only}}
    ) AS told
    GROUP BY key, class
    HAVING sum(count) <> 0
) AS classed

-- name: one_by_one
-- The same with every length sorted.
SELECT {{key}}count, median_minutes, p90_minutes FROM (
{{facts}}
) AS one_by_one

-- name: length
-- The length that is told of a class.
CASE WHEN class = {{instant}} THEN 0 ELSE 2 * power({{growth}}::float8, class) / ({{growth}}::float8 + 1) END

-- name: period_asked
-- Which whole days a link asks for.
'from=' || to_char({{starts}} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')
        || '&to=' || to_char(
            ({{ends}} - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai' + interval '1 day', 'YYYY-MM-DD')

-- name: narrowed_asked
-- What a link is narrowed to.
|| CASE WHEN ${{{name}}:sqlstring} = '' THEN '' ELSE '&{{name}}=' || ${{{name}}:sqlstring} END

-- name: number
-- A figure of the dashboard's time.
SELECT {{values}},
    {{asked}} AS asked
FROM (
{{figure}}
) AS figure

-- name: first_response
-- Working minutes of the unit that accepted: its calendar's spans of the days from the report to the acceptance.
WITH answered AS (
    SELECT behind.ticket, behind.opened_at, behind.at, unit_calendars.calendar,
        date_trunc('day', behind.opened_at AT TIME ZONE 'Asia/Shanghai') AS first_day,
        date_trunc('day', behind.at AT TIME ZONE 'Asia/Shanghai') AS last_day
    FROM {{rows}}
    JOIN reporting_views.unit_calendars ON unit_calendars.unit = behind.unit
    WHERE behind.at >= $1 AND behind.at < $2 AND behind.at >= behind.opened_at
        AND behind.since < $2 AND behind.until >= $2
), days AS (
    SELECT day, to_char(day, 'YYYY-MM-DD') AS written
    FROM generate_series((SELECT min(first_day) FROM answered), (SELECT max(last_day) FROM answered), interval '1 day') AS day
), spans AS (
    SELECT calendars.id AS calendar, day, (day + (span ->> 0)::int * interval '1 minute') AT TIME ZONE 'Asia/Shanghai' AS opens,
        (day + (span ->> 1)::int * interval '1 minute') AT TIME ZONE 'Asia/Shanghai' AS closes
    FROM days
    CROSS JOIN reporting_views.calendars
    CROSS JOIN LATERAL jsonb_array_elements(
        hours -> coalesce(make_up_workdays ->> written, extract(isodow FROM day)::text)) AS span
    WHERE NOT days_off ? written
), waited AS (
    SELECT floor(coalesce(sum(extract(epoch FROM least(closes, at) - greatest(opens, opened_at)))
            FILTER (WHERE closes > opened_at AND opens < at), 0) / 60)::float8 AS minutes
    FROM answered
    CROSS JOIN LATERAL generate_series(first_day, last_day, interval '1 day') AS day
    LEFT JOIN spans USING (calendar, day)
    GROUP BY ticket
)
SELECT count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median_minutes,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes) AS p90_minutes
FROM waited

-- name: steps
-- The days, weeks or months of the dashboard's time.
(SELECT ('1 ' || ${period:sqlstring})::interval AS step) AS each
    CROSS JOIN generate_series(
        date_trunc(${period:sqlstring}, {{starts}}, 'Asia/Shanghai'), {{ends}} - interval '1 microsecond', each.step,
        'Asia/Shanghai') AS opens

-- name: trend
-- A figure of each day, week or month of the dashboard's time: of too many, the newest.
SELECT step.starts AS time, {{values}},
    {{asked}} AS asked
FROM (
    SELECT greatest(opens, {{starts}}) AS starts,
        least((opens AT TIME ZONE 'Asia/Shanghai' + each.step) AT TIME ZONE 'Asia/Shanghai', {{ends}}) AS ends
    FROM {{steps}}
    ORDER BY opens DESC
    LIMIT {{points_max}}
) AS step
CROSS JOIN LATERAL (
{{figure}}
) AS figure
WHERE step.starts < step.ends
ORDER BY step.starts

-- name: steps_drawn
-- How many points a line has, of how many steps there are.
SELECT least(count(*), {{points_max}}) AS "画出", count(*) AS "共有"
FROM {{steps}}

-- name: by_group
-- A figure of each group of which something counts, by their names: no rate is in a row of nothing. What belongs to no
-- group leads nowhere: the interface lists the tickets of a group or of all, and those are others.
SELECT coalesce(named.name, figure.key, '未定') AS "名称", {{values}},
    CASE WHEN figure.key IS NULL THEN '' ELSE '打开 · open' END AS "工单",
    {{asked}}
        || '&{{asks}}=' || figure.key AS asked
FROM (
{{figure}}
) AS figure
LEFT JOIN reporting_views.{{names}} AS named ON named.id = figure.key
WHERE {{size}} > 0
ORDER BY 1

-- name: interval
-- The Wilson interval of services/reporting/domain/rate.py; of what is no share there is none.
CASE WHEN numerator BETWEEN 0 AND denominator THEN round(greatest(0, 100 * (
            numerator::float8 / denominator + {{zz}} / denominator / 2
            - sqrt({{zz}} / denominator * greatest(0, numerator::float8 / denominator
                * (1 - numerator::float8 / denominator) + {{zz}} / denominator / 4))
        ) / (1 + {{zz}} / denominator))::numeric, 2)::float8 END AS "区间下限",
    CASE WHEN numerator BETWEEN 0 AND denominator THEN round(least(100, 100 * (
            numerator::float8 / denominator + {{zz}} / denominator / 2
            + sqrt({{zz}} / denominator * greatest(0, numerator::float8 / denominator
                * (1 - numerator::float8 / denominator) + {{zz}} / denominator / 4))
        ) / (1 + {{zz}} / denominator))::numeric, 2)::float8 END AS "区间上限"

-- name: left_undone
-- How many of what was due are not done.
SELECT denominator - numerator AS "{{name}}"
FROM (
{{figure}}
) AS figure

-- name: message_ends
-- What became of the messages of the dashboard's time.
SELECT CASE event {{words}} ELSE event END AS "结果", coalesce(reason, '') AS "原因", messages AS "条数"
FROM (
{{figure}}
) AS ends
ORDER BY messages DESC, event, reason

-- name: choices
-- What a dashboard can be narrowed to, by name.
SELECT '全部' AS __text, '' AS __value
UNION ALL (SELECT name, id FROM reporting_views.{{view}} ORDER BY {{by}})

-- name: pages
-- Where the desk is found by those who look at the dashboards.
SELECT coalesce(nullif(current_setting('yima.pages', true), ''), 'http://localhost:8080')
