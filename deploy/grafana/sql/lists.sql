-- name: listed_cases
-- Cases of a list by their numbers and names, the oldest first.
SELECT cases.number AS "编号", listed.ticket::text AS ticket, listed.since AS "{{since}}",
    coalesce(units.name, listed.unit, '未派') AS "单位", coalesce(categories.name, listed.category, '未定') AS "类别",
    CASE listed.urgency WHEN 'urgent' THEN '紧急' ELSE '' END AS "紧急"
FROM (
{{listed}}
    ORDER BY since, ticket
    LIMIT 20
) AS listed
JOIN reporting_figures.cases ON cases.ticket = listed.ticket
LEFT JOIN reporting_views.units ON units.id = listed.unit
LEFT JOIN reporting_views.categories ON categories.id = listed.category
ORDER BY listed.since, listed.ticket;

-- name: oldest_unaccepted
-- The open cases that nobody has accepted yet, by when they were reported.
SELECT behind.ticket, behind.unit, behind.category, behind.urgency, cases.opened_at AS since
FROM {{standing}}
JOIN reporting_figures.cases ON cases.ticket = behind.ticket
WHERE behind.fact = 'open'
    AND NOT EXISTS (
        SELECT FROM reporting_figures.facts AS accepted
        WHERE accepted.ticket = behind.ticket AND accepted.fact = 'stage' AND 'stage_accept' = ANY (accepted.parts)
            AND accepted.at < $2);

-- name: overdue_longest
-- What is overdue, since when.
SELECT behind.ticket, behind.unit, behind.category, behind.urgency, behind.at AS since
FROM {{standing}}
WHERE behind.fact = 'overdue' AND 'overdue_open' = ANY (behind.parts);

-- name: whistles_out
-- The calls whose unit has not reported in, and has still time to, by when it must.
SELECT behind.ticket, behind.unit, behind.category, behind.urgency, behind.at AS since
FROM (
    SELECT * FROM reporting_figures.behind($2, $2 + interval '{{days}} days')
    WHERE fact = 'call' AND {{only}}
) AS behind
WHERE NOT 'reported_in' = ANY (behind.parts);

-- name: standing
-- What stands at the end, of the area, category and unit that the dashboard is narrowed to: a part of `behind`.
(
    SELECT * FROM reporting_figures.facts
    WHERE standing AND tstzrange(since, until, '(]') @> $2 AND {{only}}
) AS behind;

-- name: repeat_places
-- The places from which reports came again, the most first, of what the dashboard is narrowed to.
SELECT coalesce(places.name, listed.place) AS "地点", listed.place AS code, listed.reports AS "重复件数"
FROM (
    -- As `behind` has it, and by an index alone unless the dashboard is narrowed.
    SELECT behind.place, count(*) AS reports
    FROM reporting_figures.facts AS behind
    WHERE behind.fact = 'repeat_report' AND NOT behind.standing AND behind.at >= $1 AND behind.at < $2
        AND behind.since < $2 AND behind.until >= $2 AND {{only}}
    GROUP BY behind.place
    ORDER BY count(*) DESC, behind.place
    LIMIT 20
) AS listed
LEFT JOIN reporting_views.places ON places.id = listed.place
ORDER BY listed.reports DESC, listed.place;

-- name: silent_places
-- The places in use from which no report has ever come, in the area that the dashboard is narrowed to.
SELECT places.name AS "地点", places.id AS code, areas.name AS "区域"
FROM reporting_views.places
LEFT JOIN reporting_views.areas ON areas.id = places.area
WHERE NOT places.retired
    AND (${area:sqlstring} = '' OR places.id IN (
        SELECT id FROM reporting_views.lies_in WHERE kind = 'place' AND area = ${area:sqlstring}))
    AND NOT EXISTS (SELECT FROM reporting_figures.cases WHERE cases.place = places.id AND cases.opened_at < $2)
ORDER BY areas.name, places.name, places.id
LIMIT 200;

-- name: silent_places_count
-- How many there are, of how many places in use.
SELECT count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM reporting_figures.cases WHERE cases.place = places.id AND cases.opened_at < $2)) AS "从未报事",
    count(*) AS "在用地点"
FROM reporting_views.places
WHERE NOT places.retired
    AND (${area:sqlstring} = '' OR places.id IN (
        SELECT id FROM reporting_views.lies_in WHERE kind = 'place' AND area = ${area:sqlstring}));

-- name: known_until
-- The newest event that the figures know.
SELECT extract(epoch FROM newest_event_at) * 1000 AS "数据截至"
FROM reporting_views.freshness;
