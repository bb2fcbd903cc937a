-- name: add_cases
-- Cases as they begin, one JSON row each.
INSERT INTO cases (id, version, number, status, unit, left_unit, accepted_by, place, area, category, urgent, again,
    history, opened_at, closed_at, accept_by, first_response_by, resolve_by, suspended_until, resolved_by,
    verifier, verify_by, duplicates, split_off, text)
SELECT row.id, row.version, row.number, row.status, row.unit, row.left_unit, row.accepted_by, row.place, row.area,
    row.category, row.urgent, row.again, row.history, row.opened_at, row.closed_at, row.accept_by,
    row.first_response_by, row.resolve_by, row.suspended_until, row.resolved_by, row.verifier, row.verify_by,
    row.duplicates, row.split_off, row.text
FROM unnest($1::text[]) AS given (json), jsonb_populate_record(NULL::cases, given.json::jsonb) AS row;

-- name: add_rule_hits
-- Which rule gave each of these cases its unit, of those that begin.
INSERT INTO rule_hits (at, rule)
SELECT (given.json::jsonb ->> 'opened_at')::timestamptz, given.json::jsonb ->> 'rule'
FROM unnest($1::text[]) AS given (json)
WHERE given.json::jsonb ->> 'rule' IS NOT NULL;

-- name: rule_hits
-- How often each rule led in a period, and when last.
SELECT rule, count(*) AS hits, max(at) AS last_at FROM rule_hits WHERE at >= $1 AND at < $2 GROUP BY rule;

-- name: change_cases
-- What events changed of each case; a column that is not named in the JSON stays as it is.
UPDATE cases SET (version, status, unit, left_unit, accepted_by, place, area, category, urgent, again, history,
    closed_at, accept_by, first_response_by, resolve_by, suspended_until, resolved_by, verifier, verify_by, duplicates) =
    (SELECT row.version, row.status, row.unit, row.left_unit, row.accepted_by, row.place, row.area, row.category,
        row.urgent, row.again, row.history, row.closed_at, row.accept_by, row.first_response_by, row.resolve_by,
        row.suspended_until, row.resolved_by, row.verifier, row.verify_by, row.duplicates
    FROM jsonb_populate_record(cases, given.json::jsonb) AS row)
FROM unnest($1::uuid[], $2::text[]) AS given (id, json)
WHERE cases.id = given.id;

-- name: add_told
-- These units see the case though they do not have it: told by the ladder or a return, which stays, or asked to decide.
INSERT INTO told AS known (unit, case_id, by_ladder)
SELECT unit, case_id, bool_or(by_ladder)
FROM unnest($1::text[], $2::uuid[], $3::boolean[]) AS given (unit, case_id, by_ladder)
GROUP BY unit, case_id
ON CONFLICT (unit, case_id) DO UPDATE SET by_ladder = true WHERE excluded.by_ladder AND NOT known.by_ladder;

-- name: put_parts
-- How far called units have come with their tasks.
INSERT INTO parts (case_id, unit, state, report_by)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])
ON CONFLICT (unit, case_id) DO UPDATE SET state = excluded.state, report_by = excluded.report_by;

-- name: put_questions
-- What units ask, and who is to answer by when.
INSERT INTO questions (case_id, asked_by, about, unit, answer_by)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT (case_id, asked_by) DO UPDATE
SET about = excluded.about, unit = excluded.unit, answer_by = excluded.answer_by;

-- name: drop_questions
-- They are answered, withdrawn, or wait for no answer any more.
DELETE FROM questions
USING unnest($1::uuid[], $2::text[]) AS given (case_id, asked_by)
WHERE questions.case_id = given.case_id AND questions.asked_by = given.asked_by;

-- name: put_follow_ups
-- How far follow-ups have come; a deadline that an event does not name stays.
INSERT INTO follow_ups AS known (case_id, id, unit, state, deadline)
SELECT case_id, id, unit, state, coalesce(deadline, 'infinity')
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS given (case_id, id, unit, state, deadline)
ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, state = excluded.state,
    deadline = CASE excluded.deadline WHEN 'infinity' THEN known.deadline ELSE excluded.deadline END;

-- name: add_rating
-- What the reporter answered; after a case was closed again the newest answer counts.
INSERT INTO ratings AS held (case_id, rating, words, at) VALUES ($1, $2, $3::jsonb, $4)
ON CONFLICT (case_id) DO UPDATE SET rating = excluded.rating, words = excluded.words, at = excluded.at
WHERE held.at <= excluded.at;

-- name: rating_of_case
-- The reporter's answer, if there is one.
SELECT rating, words, at FROM ratings WHERE case_id = $1;

-- name: add_erasure
-- The reporter was forgotten; the first time counts.
INSERT INTO erasures (case_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: erased_at
-- When the reporter was forgotten, if they were.
SELECT at FROM erasures WHERE case_id = $1;

-- name: earlier_reports
-- How many cases came in so many days before each of these reports, which are not counted: at its place, of its
-- category there, or of its category in the place's own area. One that was split off another is no report that came
-- again.
SELECT asked.id, span.of, span.days,
    CASE span.of
        WHEN 'place' THEN (
            SELECT count(*) FROM cases
            WHERE cases.place = asked.place AND cases.id <> ALL ($1)
                AND cases.split_off IS NOT TRUE AND cases.opened_at >= asked.at - make_interval(days => span.days) AND cases.opened_at < asked.at)
        WHEN 'category_at_place' THEN (
            SELECT count(*) FROM cases
            WHERE cases.place = asked.place AND cases.category = asked.category AND cases.id <> ALL ($1)
                AND cases.split_off IS NOT TRUE AND cases.opened_at >= asked.at - make_interval(days => span.days) AND cases.opened_at < asked.at)
        ELSE (
            SELECT count(*) FROM cases
            WHERE cases.area = asked.area AND cases.category = asked.category AND cases.id <> ALL ($1)
                AND cases.split_off IS NOT TRUE AND cases.opened_at >= asked.at - make_interval(days => span.days) AND cases.opened_at < asked.at)
    END AS earlier
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
        AS asked (id, place, area, category, at)
    CROSS JOIN unnest($6::text[], $7::int[]) AS span (of, days);

-- name: open_cases
-- Cases that somebody has to act on, also after their end, with who that is: who knows of one that was given back, called
-- units of which something is still awaited, who verifies, who is to answer by who asked, and who follows up by the
-- follow-up.
WITH follows AS MATERIALIZED (
    SELECT case_id, array_agg(ARRAY[id::text, unit]) AS units FROM follow_ups
    WHERE state IN ('planned', 'due') GROUP BY case_id
), heard AS MATERIALIZED (
    SELECT case_id, array_agg(told.unit) AS units FROM told JOIN cases ON cases.id = case_id
    WHERE by_ladder AND status = 'unassigned' GROUP BY case_id
)
SELECT near.id, number, status, coalesce(near.unit, left_unit) AS unit, accepted_by, place,
    coalesce(heard.units, '{}') AS told,
    CASE status WHEN 'resolved' THEN verifier END AS verifier, coalesce(awaited.units, '{}') AS called,
    coalesce(waiting.units, '{}') AS asked, coalesce(follows.units, '{}') AS follow_ups
FROM (
    SELECT * FROM cases WHERE status IN ('unassigned', 'assigned', 'accepted', 'resolved')
    UNION ALL
    SELECT * FROM cases
    WHERE status IN ('merged', 'verified', 'closed') AND id IN (SELECT case_id FROM follows)
) AS near
LEFT JOIN (
    SELECT case_id, array_agg(unit) AS units FROM parts
    WHERE state IN ('called', 'reported_in', 'declined') GROUP BY case_id
) AS awaited ON awaited.case_id = near.id
LEFT JOIN (
    SELECT case_id, array_agg(ARRAY[asked_by, unit]) AS units FROM questions WHERE unit IS NOT NULL GROUP BY case_id
) AS waiting ON waiting.case_id = near.id
LEFT JOIN follows ON follows.case_id = near.id
LEFT JOIN heard ON heard.case_id = near.id
WHERE coalesce(near.unit, left_unit) IS NOT NULL
ORDER BY number;

-- name: cases_with_clocks
-- Cases of which a clock may run, those too that ended and are followed up.
SELECT id, number FROM cases
WHERE status IN ('unassigned', 'assigned', 'accepted', 'resolved') AND NOT history
UNION
SELECT cases.id, cases.number FROM follow_ups JOIN cases ON cases.id = follow_ups.case_id
WHERE follow_ups.state IN ('planned', 'due')
ORDER BY number;

-- name: openings_of_cases
-- What these cases began with.
SELECT stream, type, schema_version, data FROM events WHERE stream = ANY ($1::text[]) AND version = 1;

-- name: case_of_number
-- The case that people call so.
SELECT id FROM cases WHERE number = $1;

-- name: openings_since
-- A page of cases in the order in which they came, from a moment on: what was reported, what was decided first, and
-- whom the rule itself called ($4) with it.
SELECT opened.position, opened.type AS opened_type, opened.schema_version AS opened_schema, opened.data AS opened,
    assigned.type AS assigned_type, assigned.schema_version AS assigned_schema, assigned.data AS assigned,
    ARRAY(SELECT blown.data ->> 'unit' FROM events AS blown
        WHERE blown.stream = opened.stream AND blown.type = 'yima.routing.WhistleBlown'
            AND blown.data ->> 'by' = $4::text
        ORDER BY blown.version) AS called
FROM events AS opened
JOIN events AS assigned ON assigned.stream = opened.stream AND assigned.version IN (2, 3)
WHERE opened.position > $1 AND opened.occurred_at >= $2 AND opened.type = 'yima.routing.CaseOpened'
    AND assigned.type = 'yima.routing.CaseAssigned'
ORDER BY opened.position
LIMIT $3;
