-- name: oldest_unaccepted
-- The open cases that nobody has accepted yet, the oldest first.
SELECT cases.number AS "编号", behind.ticket::text AS ticket, cases.opened_at AS "上报时间",
    coalesce(units.name, behind.unit, '未派') AS "单位", coalesce(categories.name, behind.category, '未定') AS "类别",
    CASE behind.urgency WHEN 'urgent' THEN '紧急' ELSE '' END AS "紧急"
FROM reporting_figures.behind($1, $2)
JOIN reporting_figures.cases ON cases.ticket = behind.ticket
LEFT JOIN reporting_views.units ON units.id = behind.unit
LEFT JOIN reporting_views.categories ON categories.id = behind.category
WHERE behind.parts && '{open}'::text[]
    AND NOT EXISTS (
        SELECT FROM reporting_figures.facts AS accepted
        WHERE accepted.ticket = behind.ticket AND accepted.fact = 'stage' AND 'stage_accept' = ANY (accepted.parts)
            AND accepted.at < $2)
ORDER BY cases.opened_at, behind.ticket
LIMIT 20;

-- name: overdue_longest
-- What is overdue, the longest first.
SELECT cases.number AS "编号", behind.ticket::text AS ticket, behind.at AS "超期起",
    coalesce(units.name, behind.unit, '未派') AS "单位", coalesce(categories.name, behind.category, '未定') AS "类别",
    CASE behind.urgency WHEN 'urgent' THEN '紧急' ELSE '' END AS "紧急"
FROM reporting_figures.behind($1, $2)
JOIN reporting_figures.cases ON cases.ticket = behind.ticket
LEFT JOIN reporting_views.units ON units.id = behind.unit
LEFT JOIN reporting_views.categories ON categories.id = behind.category
WHERE behind.parts && '{overdue_open}'::text[]
ORDER BY behind.at, behind.ticket
LIMIT 20;

-- name: repeat_places
-- The places from which reports came again, the most first.
SELECT coalesce(places.name, behind.place) AS "地点", behind.place AS code, count(*) AS "重复件数",
    {{asked}} AS asked
FROM reporting_figures.behind($1, $2)
LEFT JOIN reporting_views.places ON places.id = behind.place
WHERE behind.parts && '{repeat_reports}'::text[]
GROUP BY behind.place, places.name
ORDER BY count(*) DESC, behind.place
LIMIT 20;

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
