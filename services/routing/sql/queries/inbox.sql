-- name: open_page
-- A page of the open cases by deadline, what has none after it, with the exact totals of every filter, of one moment.
-- Who is called and awaited has a deadline of their own; who is asked and answers has the case's too, and the earlier
-- counts, as with who follows up, also once the case is closed; what they are asked for is told with it. Until somebody
-- has accepted it the earlier of that time and of the first response's counts. Done work is due
-- to be verified, and waits for the unit that does it, where one is named, and for who was told by the ladder that it has
-- not.
-- $1 own unit, $2 person, $3 units and $4 areas overseen, $5 whether they act, $6 whether they coordinate; narrowed to
-- $7 statuses, $8 unit, $9 categories, $10 urgent ones, $11 due before, $12 places, $13 part of the number, which is
-- found by its index where $21 says that it is whole; $14 what to show, $15 rows; those after the row at $16 to $18,
-- or before it where $19 says so; of those of $20 alone, where words were looked for. Merged ones are nobody's work, and stand in a list only where they are asked for: by
-- the status, or by the whole number, which their reporter names who waits.
WITH follows AS MATERIALIZED (
    SELECT case_id, min(deadline) AS deadline FROM follow_ups
    WHERE unit = $1 AND state IN ('planned', 'due', 'missed') GROUP BY case_id
), asked AS MATERIALIZED (
    SELECT case_id, min(answer_by) AS answer_by, array_agg(DISTINCT about) AS abouts FROM questions
    WHERE $6 AND coalesce(unit, $1) = $1 GROUP BY case_id
), seen AS MATERIALIZED (
    SELECT near.id, near.opened_at, own.report_by, asked.answer_by, asked.abouts, follow.deadline AS follow_by,
        coalesce(due.at, '9999-12-31Z') AS sort_at,
        near.accepted_by = $2 AND near.status <> 'closed' AS mine,
        near.unit = $1 AND near.status <> 'closed' OR follow.deadline IS NOT NULL
            OR own.state IN ('called', 'reported_in', 'declined')
            OR EXISTS (SELECT FROM told WHERE told.unit = $1 AND told.case_id = near.id) AS unit,
        near.status = 'unassigned' AS unassigned,
        CASE
            WHEN $5 AND near.status = 'resolved' THEN near.resolved_by IS DISTINCT FROM $2
                AND CASE
                    WHEN near.verifier IS NULL THEN near.unit = ANY ($3::text[]) OR near.area = ANY ($4::text[])
                    ELSE near.verifier = $1 OR near.unit <> $1
                        AND EXISTS (SELECT FROM told WHERE told.unit = $1 AND told.case_id = near.id AND told.by_ladder)
                END
            ELSE asked.case_id IS NOT NULL
        END AS waiting
    FROM (
        SELECT * FROM cases
        WHERE status <> 'closed' AND (status <> 'merged' OR $21 OR 'merged' = ANY ($7::text[])
            OR id IN (SELECT case_id FROM follows))
        UNION ALL
        SELECT * FROM cases WHERE status = 'closed' AND id IN (SELECT case_id FROM follows)
    ) AS near
    LEFT JOIN parts AS own ON own.case_id = near.id AND own.unit = $1
    LEFT JOIN asked ON asked.case_id = near.id
    LEFT JOIN follows AS follow ON follow.case_id = near.id
    CROSS JOIN LATERAL (
        SELECT least(coalesce(own.report_by,
            least(asked.answer_by, near.due_at, near.first_response_by, near.verify_by)), follow.deadline) AS at
    ) AS due
    WHERE (follow.deadline IS NOT NULL
            OR coalesce(near.unit, near.left_unit) = ANY ($3::text[]) OR near.area = ANY ($4::text[]) OR near.unit = $1
            OR EXISTS (SELECT FROM told WHERE told.unit = $1 AND told.case_id = near.id)
            OR EXISTS (SELECT FROM parts WHERE parts.case_id = near.id AND parts.unit = ANY ($3::text[])
                AND parts.state NOT IN ('released', 'taken_over'))
            OR near.id IN (SELECT case_id FROM follow_ups WHERE unit = ANY ($3::text[]) AND state <> 'cancelled'))
        AND ($7::text[] IS NULL OR near.status = ANY ($7::text[]))
        AND ($8::text IS NULL OR near.unit = $8)
        AND ($9::text[] IS NULL OR near.category = ANY ($9::text[]))
        AND (NOT $10 OR near.urgent)
        AND ($11::timestamptz IS NULL OR due.at < $11)
        AND ($12::text[] IS NULL OR near.place = ANY ($12::text[]))
        AND ($13::text IS NULL OR strpos(near.number, $13) > 0)
        AND (NOT $21 OR near.number = $13)
        AND ($20::uuid[] IS NULL OR near.id = ANY ($20))
), shown AS (
    SELECT id, sort_at, opened_at, report_by, answer_by, abouts, follow_by
    FROM seen
    WHERE CASE $14::text
        WHEN 'mine' THEN mine
        WHEN 'unit' THEN unit
        WHEN 'area' THEN true
        WHEN 'unassigned' THEN unassigned
        WHEN 'waiting' THEN waiting
    END
), page AS (
    (SELECT * FROM shown
    WHERE NOT $19 AND ($16::timestamptz IS NULL OR (sort_at, opened_at, id) > ($16, $17::timestamptz, $18::uuid))
    ORDER BY sort_at, opened_at, id LIMIT $15)
    UNION ALL
    (SELECT * FROM shown
    WHERE $19 AND (sort_at, opened_at, id) < ($16::timestamptz, $17::timestamptz, $18::uuid)
    ORDER BY sort_at DESC, opened_at DESC, id DESC LIMIT $15)
), first AS (
    SELECT * FROM page ORDER BY sort_at, opened_at, id LIMIT 1
), total AS (
    SELECT count(*) FILTER (WHERE mine) AS mine, count(*) FILTER (WHERE unit) AS unit, count(*) AS area,
        count(*) FILTER (WHERE unassigned) AS unassigned, count(*) FILTER (WHERE waiting) AS waiting
    FROM seen
)
SELECT total.mine AS total_mine, total.unit AS total_unit, total.area AS total_area,
    total.unassigned AS total_unassigned, total.waiting AS total_waiting,
    (SELECT count(*) FROM shown, first WHERE $16::timestamptz IS NOT NULL
        AND (shown.sort_at, shown.opened_at, shown.id) < (first.sort_at, first.opened_at, first.id)) AS before,
    page.sort_at, cases.id, cases.number, cases.version, cases.status, cases.unit, cases.place, cases.area,
    cases.category, cases.urgent, cases.again, cases.opened_at, cases.accept_by, cases.text, cases.suspended_until,
    cases.duplicates, page.abouts,
    cases.first_response_by,
    least(coalesce(page.report_by, least(page.answer_by, cases.due_at, cases.first_response_by, cases.verify_by)),
        page.follow_by) AS due_at,
    page.report_by IS NOT NULL AS reports_in,
    coalesce(page.answer_by < least(cases.due_at, cases.first_response_by, cases.verify_by),
        page.answer_by IS NOT NULL) AS answers,
    coalesce(page.follow_by < coalesce(page.report_by,
        least(page.answer_by, cases.due_at, cases.first_response_by, cases.verify_by), 'infinity'), false) AS follows_up
FROM total LEFT JOIN page ON true LEFT JOIN cases ON cases.id = page.id
ORDER BY page.sort_at, page.opened_at, page.id;

-- name: closed_page
-- A page of the cases that were closed since $5, the newest first, with their exact total. $1 own unit, $2 and $3 units
-- and areas overseen, $4 whether rows are wanted too; narrowed as the open ones by $6 to $11; $12 rows, those after the
-- row at $13 and $14, or before it where $15 says so; of those of $16 alone, where words were looked for; $17
-- says that the number is whole.
WITH seen AS NOT MATERIALIZED (
    SELECT near.id, near.closed_at AS sort_at
    FROM cases AS near
    WHERE near.status = 'closed' AND near.closed_at >= $5
        AND (coalesce(near.unit, near.left_unit) = ANY ($2::text[]) OR near.area = ANY ($3::text[]) OR near.unit = $1
            OR EXISTS (SELECT FROM told WHERE told.unit = $1 AND told.case_id = near.id)
            OR EXISTS (SELECT FROM parts WHERE parts.case_id = near.id AND parts.unit = ANY ($2::text[])
                AND parts.state NOT IN ('released', 'taken_over'))
            OR near.id IN (SELECT case_id FROM follow_ups WHERE unit = ANY ($2::text[]) AND state <> 'cancelled'))
        AND ($6::text[] IS NULL OR near.status = ANY ($6::text[]))
        AND ($7::text IS NULL OR near.unit = $7)
        AND ($8::text[] IS NULL OR near.category = ANY ($8::text[]))
        AND (NOT $9 OR near.urgent)
        AND ($10::text[] IS NULL OR near.place = ANY ($10::text[]))
        AND ($11::text IS NULL OR strpos(near.number, $11) > 0)
        AND (NOT $17 OR near.number = $11)
        AND ($16::uuid[] IS NULL OR near.id = ANY ($16))
), page AS (
    (SELECT * FROM seen
    WHERE $4 AND NOT $15 AND ($13::timestamptz IS NULL OR (sort_at, id) < ($13, $14::uuid))
    ORDER BY sort_at DESC, id DESC LIMIT $12)
    UNION ALL
    (SELECT * FROM seen
    WHERE $4 AND $15 AND (sort_at, id) > ($13::timestamptz, $14::uuid)
    ORDER BY sort_at, id LIMIT $12)
), first AS (
    SELECT * FROM page ORDER BY sort_at DESC, id DESC LIMIT 1
)
SELECT (SELECT count(*) FROM seen) AS total_closed,
    (SELECT count(*) FROM seen, first WHERE $13::timestamptz IS NOT NULL
        AND (seen.sort_at, seen.id) > (first.sort_at, first.id)) AS before,
    page.sort_at, cases.id, cases.number, cases.version, cases.status, cases.unit, cases.place, cases.area,
    cases.category, cases.urgent, cases.again, cases.opened_at, cases.accept_by, cases.text, cases.suspended_until,
    cases.duplicates, NULL::text[] AS abouts,
    cases.first_response_by, cases.due_at, false AS reports_in, false AS answers, false AS follows_up
FROM (VALUES (true)) AS once LEFT JOIN page ON true LEFT JOIN cases ON cases.id = page.id
ORDER BY page.sort_at DESC, page.id DESC;

-- name: log_position
-- How far the log goes; 0 when it is empty.
SELECT coalesce(max(position), 0) FROM events;

-- name: cases_changed
-- What was appended after a position, and what had been left out before it: positions commit out of order.
SELECT position, stream FROM events WHERE position > $1 OR position = ANY ($2::bigint[]) ORDER BY position LIMIT $3;

-- name: cases_seen_by
-- Of these cases the state and version, and which units see them: those that have or had them and those called, with who
-- oversees these; and those that were told, alone.
SELECT id, version, status, area,
    ARRAY(SELECT unit FROM told WHERE told.case_id = cases.id) AS informed,
    ARRAY(SELECT unit FROM parts WHERE parts.case_id = cases.id AND state NOT IN ('released', 'taken_over'))
        || ARRAY(SELECT unit FROM follow_ups WHERE follow_ups.case_id = cases.id AND state <> 'cancelled')
        || array_remove(ARRAY[unit, coalesce(unit, left_unit)], NULL) AS at_work
FROM cases WHERE id = ANY ($1::uuid[]);

-- name: units_needed
-- Which units have cases whose clock runs, how many, and how many of these are urgent.
SELECT unit, count(*) AS all, count(*) FILTER (WHERE urgent) AS urgent FROM cases
WHERE status <> 'closed' AND coalesce(due_at, first_response_by) IS NOT NULL AND unit IS NOT NULL
GROUP BY unit;

-- name: urgent_overdue
-- How many urgent cases are past the deadline that runs for them; the index has all that it takes.
SELECT count(*) FROM cases WHERE status <> 'closed' AND least(due_at, first_response_by) < $1 AND urgent;
