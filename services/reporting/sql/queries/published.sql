-- name: publish_month
-- Keep what was told of a month, unless it was published before.
INSERT INTO published_months (month, published_at, told)
VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING month;

-- name: publish_parts
-- Keep the tickets behind each part of a month.
INSERT INTO published_parts (month, part, tickets)
SELECT $1, part, array_agg(ticket ORDER BY ticket)
FROM reporting_figures.behind($2, $3)
CROSS JOIN LATERAL unnest(parts) AS part
GROUP BY part;

-- name: published_month
-- What was told of a month when it was published.
SELECT told
FROM published_months
WHERE month = $1;

-- name: is_published
-- Whether a month was published.
SELECT EXISTS (SELECT FROM published_months WHERE month = $1);

-- name: corrected_tickets
-- The tickets that count for some parts of a month, without some others, now and did not when it was published, and those
-- that did: of them those that lie in somebody's sight, in these units or areas.
WITH published AS (
    SELECT unnest(tickets) AS ticket
    FROM published_parts
    WHERE month = $1 AND part = ANY ($4::text[])
    EXCEPT ALL
    SELECT unnest(tickets)
    FROM published_parts
    WHERE month = $1 AND part = ANY ($8::text[])
), counted AS (
    SELECT ticket
    FROM reporting_figures.behind($2, $3)
    WHERE parts && $4
    EXCEPT ALL
    SELECT ticket
    FROM reporting_figures.behind($2, $3)
    WHERE cardinality($8) > 0 AND parts && $8
), changed (ticket, change) AS (
    SELECT ticket, 'added'
    FROM (SELECT ticket FROM counted EXCEPT ALL SELECT ticket FROM published) AS added
    UNION ALL
    SELECT ticket, 'removed'
    FROM (SELECT ticket FROM published EXCEPT ALL SELECT ticket FROM counted) AS removed
)
SELECT changed.ticket, changed.change, cases.number
FROM changed
LEFT JOIN reporting_figures.cases ON cases.ticket = changed.ticket
WHERE $6::text[] IS NULL OR EXISTS (
    SELECT FROM reporting_figures.facts
    WHERE facts.ticket = changed.ticket AND (facts.unit = ANY ($6) OR facts.area = ANY ($7::text[])))
ORDER BY changed.change, changed.ticket
LIMIT $5;
