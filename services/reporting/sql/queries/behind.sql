-- name: behind_figure
-- What counts for some parts of a period's figures, without what counts for some others as well, with the ticket of each,
-- in a lasting order: a page from where the last one ended, and how many there are in all. Listed is what lies in
-- somebody's sight: of these units or areas. Behind first responses stand the acceptances that they tell of, in working
-- minutes: not all that took a stage's time.
WITH counted AS (
    SELECT ticket, fact, key, at, minutes, unit, place, area, category, channel, urgency
    FROM reporting_figures.behind($1, $2)
    WHERE cardinality($18::text[]) = 0 AND NOT 'first_response' = ANY ($3::text[]) AND parts && $3
    UNION ALL
    -- What is left out may be a fact of its own: of the ticket, or of the very one where a ticket has several. All are
    -- sorted once: a join has no estimate to go by, and took minutes for a year.
    SELECT ticket, fact, key, at, minutes, unit, place, area, category, channel, urgency
    FROM (
        SELECT behind.*, bool_or(parts && $18) OVER (PARTITION BY ticket,
            CASE WHEN fact IN ('call', 'follow_up', 'message', 'message_delivered') THEN key END) AS is_left_out
        FROM reporting_figures.behind($1, $2)
        WHERE cardinality($18) > 0 AND (parts && $3 OR parts && $18)
    ) AS told
    WHERE parts && $3 AND NOT is_left_out
    UNION ALL
    SELECT accepted.ticket, 'stage', '', accepted.at, waited.minutes, accepted.unit, accepted.place, accepted.area,
        accepted.category, accepted.channel, accepted.urgency
    FROM reporting_figures.first_acceptances AS accepted
    CROSS JOIN LATERAL reporting_views.waited(accepted.unit, accepted.opened_at, accepted.at) AS waited
    WHERE 'first_response' = ANY ($3) AND accepted.at >= $1 AND accepted.at < $2
        AND accepted.since < $2 AND accepted.until >= $2
), found AS (
    SELECT behind.*,
        $16::text[] IS NULL OR coalesce(behind.unit = ANY ($16), false) OR coalesce(behind.area = ANY ($17::text[]), false)
            AS is_seen
    FROM counted AS behind
    WHERE ($4::text IS NULL OR behind.category = $4) AND ($5::text IS NULL OR behind.unit = $5)
        AND ($6::text IS NULL OR behind.channel = $6) AND ($7::text IS NULL OR behind.urgency = $7)
        -- A place that the directory knows lies where that says, any other where its case says.
        AND ($8::text[] IS NULL OR coalesce(behind.place = ANY ($8), false)
            OR behind.area = ANY ($9::text[]) AND NOT coalesce(behind.place = ANY ($10::text[]), false))
), page AS (
    SELECT found.*, cases.number
    FROM found
    LEFT JOIN reporting_figures.cases ON cases.ticket = found.ticket
    WHERE found.is_seen AND ($11::timestamptz IS NULL OR (found.at, found.ticket, found.fact, found.key) > ($11, $12::uuid, $13::text, $14::text))
    ORDER BY found.at, found.ticket, found.fact, found.key
    LIMIT $15
)
SELECT total.rows, total.seen, page.*
FROM (SELECT count(*) AS rows, count(*) FILTER (WHERE is_seen) AS seen FROM found) AS total
LEFT JOIN page ON true
ORDER BY page.at, page.ticket, page.fact, page.key;
