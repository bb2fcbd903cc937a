-- What counted as another category until then is found by that moment: of few cases, and after a period's end of fewer.
CREATE INDEX facts_of_stage_until ON reporting_figures.facts (until)
    WHERE fact = 'stage' AND NOT standing AND until < 'infinity';

-- Everything that counts in a period, with the parts of figures that it counts for, as a case was
-- categorised at its end; what stands open is placed by when it began to. Its body is bound to the tables
-- themselves, not to their names, so that it goes along when a rebuild swaps the schemas.
CREATE OR REPLACE FUNCTION reporting_figures.behind(starts timestamptz, ends timestamptz)
RETURNS TABLE (
    fact text, ticket uuid, key text, parts text[], at timestamptz, minutes double precision,
    unit text, place text, area text, category text, channel text, urgency text
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT facts.fact, facts.ticket, facts.key, facts.parts, facts.at, facts.minutes,
        facts.unit, facts.place, facts.area, facts.category, facts.channel, facts.urgency
    FROM reporting_figures.facts
    WHERE NOT facts.standing AND facts.at >= behind.starts AND facts.at < behind.ends
        AND facts.since < behind.ends AND facts.until >= behind.ends
        AND (facts.fact NOT IN ('repeat_report', 'message', 'message_delivered')
            OR EXISTS (SELECT FROM reporting_figures.summed))
    UNION ALL
    SELECT facts.fact, facts.ticket, facts.key, facts.parts, facts.at, facts.minutes,
        facts.unit, facts.place, facts.area, facts.category, facts.channel, facts.urgency
    FROM reporting_figures.facts
    WHERE facts.standing AND tstzrange(facts.since, facts.until, '(]') @> behind.ends
    UNION ALL
    -- Until all is summed, code of before may still write facts, and it knows none of repeats and messages.
    -- A report within 30 days of another from the same place; what was split off one is no report of its own.
    SELECT 'repeat_report', near.ticket, '', ARRAY['repeat_reports'], near.at, NULL,
        near.unit, near.place, near.area, near.category, near.channel, near.urgency
    FROM (
        SELECT received.*, received.at - lag(received.at) OVER (
            PARTITION BY received.place ORDER BY received.at, received.ticket) AS after
        FROM reporting_figures.facts AS received
        WHERE received.fact = 'received' AND NOT received.standing AND received.place IS NOT NULL
            AND NOT 'split_off' = ANY (received.parts)
            AND received.at >= behind.starts - interval '30 days' AND received.at < behind.ends
            AND received.since < behind.ends AND received.until >= behind.ends
    ) AS near
    WHERE near.after <= interval '30 days' AND near.at >= behind.starts
        AND NOT EXISTS (SELECT FROM reporting_figures.summed)
    UNION ALL
    -- What became of each message that a provider was first asked to send for good in the period.
    SELECT 'message', sent.ticket, sent.notification::text,
        CASE WHEN EXISTS (
            SELECT FROM reporting_figures.messages AS receipt
            WHERE receipt.notification = sent.notification AND receipt.outcome = 'delivered'
                AND receipt.at < behind.ends
        ) THEN ARRAY['messages_sent', 'messages_delivered'] ELSE ARRAY['messages_sent'] END, sent.at, NULL,
        NULL, cases.place, cases.area,
        CASE WHEN categories.ticket IS NULL THEN coalesce(cases.category, cases.reported_category)
            ELSE categories.category END, cases.channel, cases.urgency
    FROM reporting_figures.messages AS sent
    LEFT JOIN reporting_figures.cases ON cases.ticket = sent.ticket
    LEFT JOIN LATERAL (
        SELECT stretches.ticket, stretches.category
        FROM reporting_figures.stretches
        WHERE stretches.ticket = sent.ticket AND stretches.since < behind.ends AND stretches.until >= behind.ends
    ) AS categories ON true
    WHERE NOT EXISTS (SELECT FROM reporting_figures.summed)
        AND sent.outcome IN ('accepted', 'refused', 'unknown') AND sent.at >= behind.starts AND sent.at < behind.ends
        AND NOT EXISTS (
            SELECT FROM reporting_figures.messages AS earlier
            WHERE earlier.notification = sent.notification AND earlier.version < sent.version
                AND earlier.outcome IN ('accepted', 'refused', 'unknown')
        );
END;

-- Who accepted each case for the first time, and when it was reported: of the very facts that stand behind the figure. One
-- that is dated before its report was put at the report's own moment, and says nothing. It counts for what ends after
-- `since` and not after `until`.
CREATE OR REPLACE VIEW reporting_figures.first_acceptances AS
SELECT facts.ticket, facts.unit, facts.at - facts.minutes * interval '1 minute' AS opened_at, facts.at, facts.place,
    facts.area, facts.category, facts.channel, facts.urgency, facts.since, facts.until
FROM reporting_figures.facts
WHERE facts.fact = 'stage' AND NOT facts.standing AND facts.parts = '{stage_accept}'
    AND (facts.minutes > 0 OR NOT EXISTS (
        SELECT FROM reporting_figures.phases
        WHERE phases.ticket = facts.ticket AND phases.version = split_part(facts.key, '@', 1)::int
            AND phases.at < facts.at));

-- Every length that a figure tells of: of each stage, and, in working minutes of who accepted, of each first response; for
-- each category that its case had, one that counts for what ends after `since` and not after `until`.
CREATE OR REPLACE VIEW reporting_figures.durations AS
SELECT facts.ticket, facts.parts[1] AS part, facts.minutes, facts.at, facts.unit, facts.place, facts.area,
    facts.category, facts.channel, facts.urgency, facts.since, facts.until
FROM reporting_figures.facts
WHERE facts.fact = 'stage' AND NOT facts.standing
UNION ALL
SELECT accepted.ticket, 'first_response', waited.minutes, accepted.at, accepted.unit, accepted.place, accepted.area,
    accepted.category, accepted.channel, accepted.urgency, accepted.since, accepted.until
FROM reporting_figures.first_acceptances AS accepted
CROSS JOIN LATERAL reporting_views.waited(accepted.unit, accepted.opened_at, accepted.at);

-- The same of each change that is not summed yet, by the categories of now alone.
CREATE OR REPLACE VIEW reporting_figures.unsummed_durations AS
SELECT changed.facts, changed.parts[1] AS part, changed.minutes, changed.at, changed.unit, changed.place, changed.area,
    changed.category, changed.channel, changed.urgency
FROM reporting_figures.unsummed AS changed
WHERE changed.minutes IS NOT NULL AND changed.until = 'infinity'
    AND changed.parts[1] IN ('stage_accept', 'stage_resolve', 'stage_verify', 'stage_close', 'returned')
UNION ALL
SELECT changed.facts, 'first_response', waited.minutes, changed.at, changed.unit, changed.place, changed.area,
    changed.category, changed.channel, changed.urgency
FROM reporting_figures.unsummed AS changed
CROSS JOIN LATERAL reporting_views.waited(
    changed.unit, changed.at - changed.minutes * interval '1 minute', changed.at) AS waited
WHERE changed.parts = '{stage_accept}' AND changed.until = 'infinity'
    AND (changed.minutes > 0 OR NOT EXISTS (
        SELECT FROM reporting_figures.phases
        WHERE phases.ticket = changed.ticket AND phases.version::text = changed.fact_key AND phases.at < changed.at));

-- How long what ended in a period took, by classes, told apart by one dimension: a row adds (`sign` 1) or takes away
-- how many are of each class. Of a last month, or year, that still runs or is more than half over, it is less to read the
-- whole and to take away what comes after the period. Classes are of the categories that cases have now: what counted as
-- another at the period's end is added to that, and taken from the one of now.
CREATE OR REPLACE FUNCTION reporting_figures.times(starts timestamptz, ends timestamptz, dimension text)
RETURNS TABLE (key text, part text, sign int, classes smallint[], counts int[], milliseconds bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH days AS (
        SELECT (times.starts AT TIME ZONE 'Asia/Shanghai')::date AS first_day,
            ((times.ends - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date + 1 AS day_after,
            (now() AT TIME ZONE 'Asia/Shanghai')::date AS today
    ), months AS (
        SELECT first_day, day_after, today,
            date_trunc('month', first_day::timestamp + interval '1 month - 1 day')::date AS first_month,
            date_trunc('month', day_after::timestamp)::date AS last_month
        FROM days
    ), whole_months AS (
        SELECT *, CASE WHEN less_days THEN (last_month + interval '1 month')::date ELSE last_month END AS month_after
        FROM (
            SELECT *, first_month <= last_month AND day_after > last_month
                AND (day_after - last_month > 10 OR day_after > today) AS less_days
            FROM months
        ) AS asked
    ), years AS (
        SELECT *, date_trunc('year', first_month::timestamp + interval '1 year - 1 day')::date AS first_year,
            date_trunc('year', month_after::timestamp)::date AS last_year
        FROM whole_months
    ), whole_years AS (
        SELECT *, CASE WHEN less_months THEN (last_year + interval '1 year')::date ELSE last_year END AS year_after
        FROM (
            SELECT *, first_year <= last_year AND month_after > last_year
                AND (month_after - last_year > 183 OR month_after > today) AS less_months
            FROM years
        ) AS asked
    ), pieces AS MATERIALIZED (
        SELECT piece.grain, piece.first, piece.after, piece.sign
        FROM whole_years
        CROSS JOIN LATERAL (VALUES
            ('day', first_day, least(first_month, day_after), 1),
            ('day', CASE WHEN less_days THEN day_after ELSE greatest(first_month, last_month) END,
                CASE WHEN less_days THEN month_after ELSE day_after END, CASE WHEN less_days THEN -1 ELSE 1 END),
            ('month', first_month, least(first_year, month_after), 1),
            ('month', CASE WHEN less_months THEN month_after ELSE greatest(first_year, last_year) END,
                CASE WHEN less_months THEN year_after ELSE month_after END, CASE WHEN less_months THEN -1 ELSE 1 END),
            ('year', first_year, year_after, 1)
        ) AS piece (grain, first, after, sign)
        WHERE piece.first < piece.after
    ), moments AS MATERIALIZED (
        -- By a dimension no day is summed. What the last day has still before it is in none.
        SELECT first::timestamp AT TIME ZONE 'Asia/Shanghai' AS first,
            after::timestamp AT TIME ZONE 'Asia/Shanghai' AS after, sign
        FROM pieces
        WHERE grain = 'day' AND times.dimension <> 'all'
        UNION ALL
        SELECT times.ends, day_after::timestamp AT TIME ZONE 'Asia/Shanghai', -1
        FROM days
    ), beside AS (
        SELECT CASE times.dimension WHEN 'area' THEN ended.area WHEN 'category' THEN ended.category
                WHEN 'unit' THEN ended.unit WHEN 'channel' THEN ended.channel WHEN 'urgency' THEN ended.urgency
            END AS key, ended.part, moments.sign, ended.minutes
        FROM moments
        -- By the moments' own index, of however many facts there are.
        CROSS JOIN LATERAL (
            SELECT * FROM reporting_figures.durations
            WHERE at >= moments.first AND at < moments.after AND until = 'infinity' OFFSET 0
        ) AS ended
        UNION ALL
        SELECT CASE times.dimension WHEN 'area' THEN changed.area WHEN 'category' THEN changed.category
                WHEN 'unit' THEN changed.unit WHEN 'channel' THEN changed.channel WHEN 'urgency' THEN changed.urgency
            END, changed.part, pieces.sign * changed.facts, changed.minutes
        FROM pieces
        JOIN reporting_figures.unsummed_durations AS changed
            ON (changed.at AT TIME ZONE 'Asia/Shanghai')::date >= pieces.first
            AND (changed.at AT TIME ZONE 'Asia/Shanghai')::date < pieces.after
        WHERE NOT (pieces.grain = 'day' AND times.dimension <> 'all')
        UNION ALL
        SELECT told.key, earlier.part, told.sign, earlier.minutes
        -- By their own index, which is of few, however many there are in the period.
        FROM (
            SELECT DISTINCT ticket
            FROM reporting_figures.facts
            WHERE fact = 'stage' AND NOT standing AND until < 'infinity' AND until >= times.ends
            OFFSET 0
        ) AS few
        CROSS JOIN LATERAL (
            SELECT * FROM reporting_figures.durations WHERE durations.ticket = few.ticket OFFSET 0
        ) AS earlier
        JOIN reporting_figures.cases ON cases.ticket = earlier.ticket
        CROSS JOIN LATERAL (
            VALUES (earlier.category, 1), (coalesce(cases.category, cases.reported_category), -1)
        ) AS told (key, sign)
        WHERE times.dimension = 'category' AND earlier.at >= times.starts AND earlier.at < times.ends
            AND earlier.since < times.ends AND earlier.until >= times.ends AND earlier.until < 'infinity'
    )
    SELECT cells.key, cells.part, pieces.sign, cells.classes, cells.counts, cells.milliseconds
    FROM pieces
    JOIN reporting_figures.times AS cells
        ON cells.dimension = times.dimension AND cells.grain = pieces.grain
        AND cells.at >= pieces.first AND cells.at < pieces.after
    UNION ALL
    SELECT beside.key, beside.part, 1, ARRAY[reporting_figures.class_of(beside.minutes)], ARRAY[sum(beside.sign)::int],
        sum(beside.sign * round(beside.minutes * 60000)::bigint)::bigint
    FROM beside
    GROUP BY beside.key, beside.part, reporting_figures.class_of(beside.minutes);
END;
