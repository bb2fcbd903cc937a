-- Facts of tickets {first} to {last} of {tickets}, reported in a year up to {now}: from a seed, the same each time. Each
-- community has ten places and three units; most reports come by day and in summer; the chances of what becomes of a
-- ticket are drawn from its number: what would happen later than {now} has not happened, so that all states are there.
WITH chance AS (
    SELECT n, md5('ticket' || n)::uuid AS id, hashint8extended(n, 1) & 1048575 AS h,
        (hashint8extended(n, 2) & 65535) / 65536.0::float8 AS by_day,
        (hashint8extended(n, 3) & 65535) / 65536.0::float8 AS wait,
        (hashint8extended(n, 4) & 65535) / 65536.0::float8 AS work,
        hashint8extended(n, 5) & 1048575 AS g, n::float8 / {tickets} AS share
    FROM generate_series({first}, {last}) AS n
), ticket AS (
    SELECT n, id, h, g, h % 1000 AS fate, g % 1000 AS other, (h >> 2) % {communities} AS community,
        date_trunc('day', '{now}'::timestamptz - (1 - share - 0.04 * sin(2 * pi() * share)) * interval '365 days')
            + interval '6 hours' + by_day * by_day * interval '16 hours' AS opened_at,
        60 + 18000 * power(wait, 4) AS accepted_s,
        60 + 18000 * power(wait, 4) + 1800 + 900000 * power(work, 5) AS resolved_s
    FROM chance
), spot AS (
    SELECT *, 'area-' || community AS area, 'place-' || community || '-' || (g >> 3) % 10 AS place,
        'unit-' || community || '-' || (g >> 5) % 3 AS unit, 'category-' || (g >> 7) % 20 AS category,
        (ARRAY['qr', 'qr', 'qr', 'phone', 'partner', 'import'])[1 + (g >> 4) % 6] AS channel,
        CASE WHEN h % 11 = 0 THEN 'urgent' ELSE 'normal' END AS urgency,
        opened_at + accepted_s * interval '1 second' AS accepted_at,
        opened_at + resolved_s * interval '1 second' AS resolved_at,
        opened_at + (resolved_s + 50000) * interval '1 second' AS verified_at,
        opened_at + (resolved_s + 50400) * interval '1 second' AS closed_at,
        opened_at + (1 + h % 5) * interval '1 day' AS deadline,
        fate BETWEEN 400 AND 439 AS reopens, fate BETWEEN 220 AND 232 AS stuck
    FROM ticket
), way AS (
    SELECT *, CASE WHEN reopens THEN closed_at + (1 + other % 300) * interval '1 hour' ELSE 'infinity' END AS reopened_at,
        CASE WHEN stuck THEN 'infinity' ELSE closed_at END AS over_at,
        NOT stuck AND other < 500 AS rates, closed_at + other * interval '2 minutes' AS rated_at
    FROM spot
)
INSERT INTO reporting_figures.facts (ticket, fact, key, parts, standing, at, since, until, minutes, unit, place, area,
    category, channel, urgency)
SELECT id, fact.fact, fact.key, fact.parts, fact.standing, fact.at, fact.since,
    CASE WHEN fact.until <= '{now}' THEN fact.until ELSE 'infinity' END, fact.minutes,
    CASE WHEN fact.fact NOT LIKE 'message%' THEN unit END, place, area, category, channel, urgency
FROM way
CROSS JOIN LATERAL (VALUES
    ('received', '', true, ARRAY['received'], false, opened_at, opened_at, 'infinity'::timestamptz, NULL::float8),
    ('repeat_report', '', other < 600, ARRAY['repeat_reports'], false, opened_at, opened_at, 'infinity', NULL),
    ('merged', '', fate BETWEEN 700 AND 719, ARRAY['merged'], false, opened_at, accepted_at, 'infinity', NULL),
    ('open', '0', true, ARRAY['open'], true, opened_at, opened_at, opened_at + interval '1 second', NULL),
    ('open', '1', true, ARRAY['open'], true, opened_at + interval '1 second', opened_at + interval '1 second', over_at,
        NULL),
    ('open', '9', reopens, ARRAY['open'], true, reopened_at, reopened_at, 'infinity', NULL),
    ('overdue', '2', deadline < over_at, array_remove(ARRAY['overdue_open',
        CASE WHEN deadline < resolved_at OR stuck THEN 'overdue_unhandled' END], NULL), true, deadline, deadline, over_at,
        NULL),
    ('suspended', '3', fate BETWEEN 225 AND 232, ARRAY['suspended'], true, accepted_at, accepted_at, 'infinity', NULL),
    ('handled', '', NOT stuck, ARRAY['handled'], false, resolved_at, resolved_at, 'infinity', NULL),
    ('reopened', '', reopens, ARRAY['reopened'], false, resolved_at, reopened_at, 'infinity', NULL),
    ('closed', '5', NOT stuck, array_remove(ARRAY['closed', CASE WHEN resolved_at <= deadline THEN 'closed_in_time'
        WHEN fate > 800 THEN 'closed_without_sla' END, CASE WHEN fate BETWEEN 300 AND 359 THEN 'reworked' END,
        CASE WHEN other < 800 THEN 'asked' END], NULL), false, closed_at, closed_at, reopened_at, NULL),
    ('answered', '5', rates, ARRAY['answered_when_asked'], false, closed_at, rated_at, reopened_at, NULL),
    ('rated', '2', rates, array_remove(ARRAY['rated', CASE WHEN other % 5 < 3 THEN 'satisfied' END], NULL), false,
        rated_at, rated_at, 'infinity', NULL),
    ('escalated', '6', resolved_s > 90000 AND fate > 300, ARRAY['escalations'], false, opened_at + interval '25 hours',
        opened_at + interval '25 hours', 'infinity', NULL),
    ('stage', '3', true, ARRAY['stage_accept'], false, accepted_at, accepted_at, 'infinity', accepted_s / 60),
    ('stage', '4', NOT stuck, ARRAY['stage_resolve'], false, resolved_at, resolved_at, 'infinity',
        (resolved_s - accepted_s) / 60),
    ('stage', '6', NOT stuck, ARRAY['stage_verify'], false, verified_at, verified_at, 'infinity', 833.0 + other),
    ('stage', '5', NOT stuck, ARRAY['stage_close'], false, closed_at, closed_at, 'infinity', 6.5 + other / 7.0),
    ('stage', '2', fate < 50, ARRAY['returned'], false, accepted_at, accepted_at, 'infinity', accepted_s / 120),
    ('call', '3', fate BETWEEN 100 AND 139, array_remove(ARRAY['called_in', CASE WHEN other < 800 THEN 'reported_in' END],
        NULL), false, accepted_at + interval '50 minutes', accepted_at + interval '50 minutes', 'infinity', NULL),
    ('follow_up', '1', fate BETWEEN 500 AND 549, array_remove(ARRAY['follow_up_due',
        CASE WHEN other < 600 THEN 'follow_up_kept' END], NULL), false, closed_at + interval '14 days',
        closed_at + interval '14 days', 'infinity', NULL),
    ('message', md5('message' || n), true, ARRAY['messages_sent'], false, opened_at, opened_at, 'infinity', NULL),
    ('message_delivered', md5('message' || n), other > 60, ARRAY['messages_delivered'], false, opened_at,
        opened_at + interval '9 seconds', 'infinity', NULL)
) AS fact (fact, key, happens, parts, standing, at, since, until, minutes)
WHERE fact.happens AND fact.since < fact.until
    AND (fact.since <= '{now}' OR fact.fact IN ('call', 'follow_up', 'overdue'));
