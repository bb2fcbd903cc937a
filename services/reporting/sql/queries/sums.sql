-- name: settle_sums
-- What facts changed since the sums were brought up to date, in the sums. In a rebuild all facts are such.
WITH changed AS (
    DELETE FROM reporting_figures.unsummed
    RETURNING *
), spotted AS (
    INSERT INTO reporting_figures.spots AS known
    SELECT place, area, sum(facts)
    FROM changed
    WHERE place IS NOT NULL
    GROUP BY place, area
    HAVING sum(facts) <> 0
    ORDER BY place, area
    ON CONFLICT (place, area) DO UPDATE SET facts = known.facts + excluded.facts
), lengths AS (
    SELECT facts, parts[1] AS part, minutes, at, area, category, unit, channel, urgency
    FROM changed
    -- Classes are of the categories that cases have now: `times` puts right what counted as another.
    WHERE minutes IS NOT NULL AND until = 'infinity'
        AND parts[1] IN ('stage_accept', 'stage_resolve', 'stage_verify', 'stage_close', 'returned')
    UNION ALL
    SELECT facts, 'first_response', waited.minutes, at, area, category, unit, channel, urgency
    FROM changed
    CROSS JOIN LATERAL reporting_views.waited(unit, at - changed.minutes * interval '1 minute', at) AS waited
    WHERE parts = '{stage_accept}' AND until = 'infinity'
        -- One that is dated before its report says nothing.
        AND (changed.minutes > 0 OR NOT EXISTS (
            SELECT FROM reporting_figures.phases
            WHERE phases.ticket = changed.ticket AND phases.version::text = changed.fact_key AND phases.at < changed.at))
), classed AS MATERIALIZED (
    -- Of each length its class and its month, once for all dimensions. Sums of whole numbers are whole ones as these types,
    -- which are several times as quick as numeric.
    SELECT facts, part, reporting_figures.class_of(minutes) AS class, facts * round(minutes * 60000) AS milliseconds,
        local::date AS at, date_trunc('month', local)::date AS month, area, category, unit, channel, urgency
    FROM (SELECT *, at AT TIME ZONE 'Asia/Shanghai' AS local FROM lengths) AS dated
), classed_by_month AS (
    SELECT dimension, month AS at, key, part, class, sum(facts)::int AS facts, sum(milliseconds) AS milliseconds
    FROM classed
    CROSS JOIN LATERAL (VALUES ('all', NULL), ('area', area), ('category', category), ('unit', unit),
        ('channel', channel), ('urgency', urgency)) AS told (dimension, key)
    GROUP BY dimension, month, key, part, class
), classed_cells AS (
    SELECT 'day' AS grain, 'all' AS dimension, at, NULL AS key, part, class, sum(facts)::int AS facts,
        sum(milliseconds) AS milliseconds
    FROM classed
    GROUP BY at, part, class
    UNION ALL
    SELECT 'month', * FROM classed_by_month
    UNION ALL
    SELECT 'year', dimension, date_trunc('year', at::timestamp)::date, key, part, class, sum(facts)::int,
        sum(milliseconds)
    FROM classed_by_month
    GROUP BY 2, 3, 4, 5, 6
), timed AS (
    INSERT INTO reporting_figures.times AS known
    SELECT dimension, grain, at, key, part,
        coalesce(array_agg(class ORDER BY class) FILTER (WHERE facts <> 0), '{}'),
        coalesce(array_agg(facts ORDER BY class) FILTER (WHERE facts <> 0), '{}'), sum(milliseconds)::bigint
    FROM classed_cells
    GROUP BY dimension, grain, at, part, key
    HAVING bool_or(facts <> 0 OR milliseconds <> 0)
    ORDER BY dimension, grain, at, part, key
    ON CONFLICT (dimension, grain, at, part, key) DO UPDATE SET
        milliseconds = known.milliseconds + excluded.milliseconds,
        (classes, counts) = (
            SELECT coalesce(array_agg(class ORDER BY class), '{}'), coalesce(array_agg(facts ORDER BY class), '{}')
            FROM (
                SELECT class, sum(facts)::int AS facts
                FROM unnest(known.classes || excluded.classes, known.counts || excluded.counts) AS told (class, facts)
                GROUP BY class
                HAVING sum(facts) <> 0
            ) AS merged)
), kinds AS MATERIALIZED (
    -- The parts that facts carry as one number, a bit a part in the order of the sums' columns: there are some forty
    -- kinds of facts, and numbers are told apart several times as quickly as lists of names.
    SELECT parts, (CASE WHEN 'received' = ANY (parts) THEN 1 ELSE 0 END +
        CASE WHEN 'split_off' = ANY (parts) THEN 2 ELSE 0 END + CASE WHEN 'merged' = ANY (parts) THEN 4 ELSE 0 END +
        CASE WHEN 'handled' = ANY (parts) THEN 8 ELSE 0 END + CASE WHEN 'reopened' = ANY (parts) THEN 16 ELSE 0 END +
        CASE WHEN 'closed' = ANY (parts) THEN 32 ELSE 0 END +
        CASE WHEN 'closed_in_time' = ANY (parts) THEN 64 ELSE 0 END +
        CASE WHEN 'closed_without_sla' = ANY (parts) THEN 128 ELSE 0 END +
        CASE WHEN 'reworked' = ANY (parts) THEN 256 ELSE 0 END +
        CASE WHEN 'extended' = ANY (parts) THEN 512 ELSE 0 END +
        CASE WHEN 'asked' = ANY (parts) THEN 1024 ELSE 0 END +
        CASE WHEN 'answered_when_asked' = ANY (parts) THEN 2048 ELSE 0 END +
        CASE WHEN 'rated' = ANY (parts) THEN 4096 ELSE 0 END +
        CASE WHEN 'satisfied' = ANY (parts) THEN 8192 ELSE 0 END +
        CASE WHEN 'escalations' = ANY (parts) THEN 16384 ELSE 0 END +
        CASE WHEN 'stage_accept' = ANY (parts) THEN 32768 ELSE 0 END +
        CASE WHEN 'stage_resolve' = ANY (parts) THEN 65536 ELSE 0 END +
        CASE WHEN 'stage_verify' = ANY (parts) THEN 131072 ELSE 0 END +
        CASE WHEN 'stage_close' = ANY (parts) THEN 262144 ELSE 0 END +
        CASE WHEN 'returned' = ANY (parts) THEN 524288 ELSE 0 END +
        CASE WHEN 'called_in' = ANY (parts) THEN 1048576 ELSE 0 END +
        CASE WHEN 'reported_in' = ANY (parts) THEN 2097152 ELSE 0 END +
        CASE WHEN 'follow_up_due' = ANY (parts) THEN 4194304 ELSE 0 END +
        CASE WHEN 'follow_up_kept' = ANY (parts) THEN 8388608 ELSE 0 END +
        CASE WHEN 'repeat_reports' = ANY (parts) THEN 16777216 ELSE 0 END +
        CASE WHEN 'messages_sent' = ANY (parts) THEN 33554432 ELSE 0 END +
        CASE WHEN 'messages_delivered' = ANY (parts) THEN 67108864 ELSE 0 END +
        CASE WHEN 'open' = ANY (parts) THEN 134217728 ELSE 0 END +
        CASE WHEN 'suspended' = ANY (parts) THEN 268435456 ELSE 0 END +
        CASE WHEN 'overdue_open' = ANY (parts) THEN 536870912 ELSE 0 END +
        CASE WHEN 'overdue_unhandled' = ANY (parts) THEN 1073741824 ELSE 0 END) AS kind
    FROM (SELECT DISTINCT parts FROM changed) AS told
), changes AS MATERIALIZED (
    -- Each moment's day is worked out once, and not for each of six dimensions.
    -- A fact counts from its moment on, and until another no more: both ends are summed.
    SELECT changed.facts, changed.facts * ends.counts AS counts, kinds.kind,
        CASE WHEN standing THEN '-infinity' ELSE (at AT TIME ZONE 'Asia/Shanghai')::date END AS at,
        (ends.moment AT TIME ZONE 'Asia/Shanghai')::date AS moment, area, category, unit, channel, urgency
    FROM changed
    JOIN kinds ON kinds.parts = changed.parts
    CROSS JOIN LATERAL (VALUES (1, since), (-1, until)) AS ends (counts, moment)
    WHERE since < until AND ends.moment < 'infinity'
), by_day AS (
    SELECT dimension, changes.at, moment, key, kind, sum(facts)::int AS facts, sum(counts)::int AS counts
    FROM changes
    CROSS JOIN LATERAL (VALUES ('all', NULL), ('area', area), ('category', category), ('unit', unit),
        ('channel', channel), ('urgency', urgency)) AS told (dimension, key)
    GROUP BY dimension, changes.at, moment, key, kind
    HAVING sum(facts) <> 0 OR sum(counts) <> 0
), cells AS (
    SELECT dimension, 'day' AS grain, at, moment, key, kind, facts, counts
    FROM by_day
    UNION ALL
    SELECT dimension, 'month', date_trunc('month', at::timestamp)::date, date_trunc('month', moment::timestamp)::date, key,
        kind, sum(facts)::int, sum(counts)::int
    FROM by_day
    GROUP BY 1, 2, 3, 4, 5, 6
)
INSERT INTO reporting_figures.sums AS known
SELECT dimension, grain, at, moment, key, sum(facts),
    coalesce(sum(counts) FILTER (WHERE kind & 1 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 2 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 4 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 8 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 16 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 32 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 64 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 128 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 256 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 512 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 1024 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 2048 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 4096 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 8192 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 16384 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 32768 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 65536 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 131072 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 262144 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 524288 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 1048576 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 2097152 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 4194304 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 8388608 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 16777216 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 33554432 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 67108864 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 134217728 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 268435456 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 536870912 <> 0), 0),
    coalesce(sum(counts) FILTER (WHERE kind & 1073741824 <> 0), 0)
FROM cells
GROUP BY dimension, grain, at, moment, key
ORDER BY dimension, grain, at, moment, key
ON CONFLICT (dimension, grain, at, moment, key) DO UPDATE SET
    facts = known.facts + excluded.facts,
    received = known.received + excluded.received, split_off = known.split_off + excluded.split_off,
    merged = known.merged + excluded.merged, handled = known.handled + excluded.handled,
    reopened = known.reopened + excluded.reopened, closed = known.closed + excluded.closed,
    closed_in_time = known.closed_in_time + excluded.closed_in_time,
    closed_without_sla = known.closed_without_sla + excluded.closed_without_sla,
    reworked = known.reworked + excluded.reworked, extended = known.extended + excluded.extended,
    asked = known.asked + excluded.asked,
    answered_when_asked = known.answered_when_asked + excluded.answered_when_asked,
    rated = known.rated + excluded.rated, satisfied = known.satisfied + excluded.satisfied,
    escalations = known.escalations + excluded.escalations,
    stage_accept = known.stage_accept + excluded.stage_accept,
    stage_resolve = known.stage_resolve + excluded.stage_resolve,
    stage_verify = known.stage_verify + excluded.stage_verify,
    stage_close = known.stage_close + excluded.stage_close, returned = known.returned + excluded.returned,
    called_in = known.called_in + excluded.called_in, reported_in = known.reported_in + excluded.reported_in,
    follow_up_due = known.follow_up_due + excluded.follow_up_due,
    follow_up_kept = known.follow_up_kept + excluded.follow_up_kept,
    repeat_reports = known.repeat_reports + excluded.repeat_reports,
    messages_sent = known.messages_sent + excluded.messages_sent,
    messages_delivered = known.messages_delivered + excluded.messages_delivered, open = known.open + excluded.open,
    suspended = known.suspended + excluded.suspended, overdue_open = known.overdue_open + excluded.overdue_open,
    overdue_unhandled = known.overdue_unhandled + excluded.overdue_unhandled;

-- name: sweep_sums
-- A sum that tells of no fact any more goes, so that the sums are the same whichever way they came about.
DELETE FROM reporting_figures.sums WHERE facts = 0;

-- name: sweep_times
-- Nor does one that tells of no length.
DELETE FROM reporting_figures.times WHERE counts = '{}';

-- name: fill_spots
-- Where each place's facts say that it lies.
INSERT INTO reporting_figures.spots
SELECT place, area, count(*)
FROM reporting_figures.facts
WHERE place IS NOT NULL
GROUP BY place, area;

-- name: sweep_spots
-- Nor does a place stay where no fact says any more that it lies.
DELETE FROM reporting_figures.spots WHERE facts = 0;

-- name: fill_repeats
-- Each report within 30 days of another from the same place, from the facts of all reports.
INSERT INTO reporting_figures.facts
SELECT ticket, 'repeat_report', key, ARRAY['repeat_reports'], false, at, since, until, NULL, unit, place, area, category,
    channel, urgency
FROM (
    -- A report of several categories has a row for each: what was before is another's.
    SELECT facts.*, at - last_value(at) OVER (PARTITION BY place ORDER BY at, ticket
        GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS after
    FROM reporting_figures.facts
    WHERE fact = 'received' AND place IS NOT NULL AND NOT 'split_off' = ANY (parts)
) AS received
WHERE after <= interval '30 days';

-- name: fill_messages
-- What became of each message that a provider was asked to send for good.
WITH sent AS (
    SELECT DISTINCT ON (notification) ticket, notification, at
    FROM reporting_figures.messages
    WHERE outcome IN ('accepted', 'refused', 'unknown')
    ORDER BY notification, version
), receipts AS (
    SELECT notification, min(at) AS at
    FROM reporting_figures.messages
    WHERE outcome = 'delivered'
    GROUP BY notification
), told AS (
    SELECT ticket, 'message' AS fact, notification, ARRAY['messages_sent'] AS parts, at, at AS since
    FROM sent
    UNION ALL
    SELECT sent.ticket, 'message_delivered', notification, ARRAY['messages_delivered'], sent.at,
        greatest(sent.at, receipts.at)
    FROM sent
    JOIN receipts USING (notification)
)
INSERT INTO reporting_figures.facts
SELECT told.ticket, told.fact, told.notification || coalesce(categories.suffix, ''), told.parts, false, told.at,
    greatest(told.since, categories.since), coalesce(categories.until, 'infinity'), NULL, NULL, cases.place, cases.area,
    CASE WHEN categories.ticket IS NULL THEN coalesce(cases.category, cases.reported_category) ELSE categories.category END,
    cases.channel, cases.urgency
FROM told
JOIN reporting_figures.cases ON cases.ticket = told.ticket
LEFT JOIN reporting_figures.stretches AS categories ON categories.ticket = told.ticket
WHERE categories.ticket IS NULL OR told.since < categories.until;

-- name: forget_sums
-- What was summed, and what code of before knew nothing of, is worked out anew.
WITH facts AS (
    DELETE FROM reporting_figures.facts WHERE fact IN ('repeat_report', 'message', 'message_delivered')
), unsummed AS (
    DELETE FROM reporting_figures.unsummed
), spots AS (
    DELETE FROM reporting_figures.spots
)
DELETE FROM reporting_figures.sums;

-- name: all_summed
-- The sums tell of every fact from now on.
INSERT INTO reporting_figures.summed (whole) VALUES (true);

-- name: is_all_summed
-- Whether the sums tell of every fact.
SELECT EXISTS (SELECT FROM reporting_figures.summed);

-- name: summing_is_due
-- Whether facts that were there before the sums wait to be summed, and code that writes facts alone has had time to go.
SELECT NOT EXISTS (SELECT FROM reporting_figures.summed)
    AND at < now() - make_interval(mins => $1) AS due
FROM migrations
WHERE component = 'reporting' AND file = '0016_figures_told_by_sums.sql';
