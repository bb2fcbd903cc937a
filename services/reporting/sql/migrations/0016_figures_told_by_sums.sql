-- Who reported from a place before and after a ticket: its facts tell of it.
CREATE INDEX facts_received_at_place ON reporting_figures.facts (place, at, ticket)
    WHERE fact = 'received' AND place IS NOT NULL;
-- What a running day has still before it is found by its moments.
CREATE INDEX facts_since ON reporting_figures.facts (since);
CREATE INDEX facts_until ON reporting_figures.facts (until) WHERE until < 'infinity';
CREATE INDEX sums_by_moment ON reporting_figures.sums (dimension, moment) WHERE grain = 'day';

-- Everything that counts in a period, with the parts of figures that it counts for. Its body is bound to the tables
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
    SELECT facts.fact, facts.ticket, facts.key, facts.parts, facts.since, facts.minutes,
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
        NULL, cases.place, cases.area, coalesce(cases.category, cases.reported_category), cases.channel, cases.urgency
    FROM reporting_figures.messages AS sent
    LEFT JOIN reporting_figures.cases ON cases.ticket = sent.ticket
    WHERE NOT EXISTS (SELECT FROM reporting_figures.summed)
        AND sent.outcome IN ('accepted', 'refused', 'unknown') AND sent.at >= behind.starts AND sent.at < behind.ends
        AND NOT EXISTS (
            SELECT FROM reporting_figures.messages AS earlier
            WHERE earlier.notification = sent.notification AND earlier.version < sent.version
                AND earlier.outcome IN ('accepted', 'refused', 'unknown')
        );
END;

-- How many of each part of the figures `behind` finds in a period that begins with a day of Asia/Shanghai, told apart by
-- one dimension (all, area, category, unit, channel, urgency): from the sums of whole months within it, of the days
-- beside them, what is not summed yet, and less what the last day has still before it.
CREATE FUNCTION reporting_figures.counts(starts timestamptz, ends timestamptz, dimension text)
RETURNS TABLE (
    key text,
    received bigint, split_off bigint, merged bigint, handled bigint, reopened bigint, closed bigint,
    closed_in_time bigint, closed_without_sla bigint, reworked bigint, extended bigint, asked bigint,
    answered_when_asked bigint, rated bigint, satisfied bigint, escalations bigint, stage_accept bigint,
    stage_resolve bigint, stage_verify bigint, stage_close bigint, returned bigint, called_in bigint,
    reported_in bigint, follow_up_due bigint, follow_up_kept bigint, repeat_reports bigint, messages_sent bigint,
    messages_delivered bigint, open bigint, suspended bigint, overdue_open bigint, overdue_unhandled bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH days AS (
        SELECT (counts.starts AT TIME ZONE 'Asia/Shanghai')::date AS first_day,
            ((counts.ends - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date + 1 AS day_after
    ), bounds AS (
        SELECT first_day, day_after, (day_after::timestamp AT TIME ZONE 'Asia/Shanghai') AS midnight,
            date_trunc('month', first_day::timestamp + interval '1 month - 1 day')::date AS first_month,
            date_trunc('month', day_after::timestamp)::date AS month_after
        FROM days
    ), found AS (
        SELECT sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'month'
            AND sums.at >= (SELECT first_month FROM bounds) AND sums.moment < (SELECT month_after FROM bounds)
        UNION ALL
        SELECT sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'month'
            AND sums.at = '-infinity' AND sums.moment < (SELECT month_after FROM bounds)
        UNION ALL
        SELECT sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'day'
            AND sums.at >= (SELECT first_day FROM bounds) AND sums.at < (SELECT first_month FROM bounds)
            AND sums.moment < (SELECT day_after FROM bounds)
        UNION ALL
        SELECT sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'day'
            AND sums.moment >= (SELECT month_after FROM bounds) AND sums.moment < (SELECT day_after FROM bounds)
            AND (sums.at >= (SELECT first_month FROM bounds) OR sums.at = '-infinity')
    ), ahead AS (
        SELECT facts.*, -1 AS counted
        FROM reporting_figures.facts
        WHERE facts.since >= counts.ends AND facts.since < (SELECT midnight FROM bounds) AND facts.since < facts.until
        UNION ALL
        SELECT facts.*, 1
        FROM reporting_figures.facts
        WHERE facts.until >= counts.ends AND facts.until < (SELECT midnight FROM bounds) AND facts.since < facts.until
            AND facts.until < 'infinity'
    ), unsummed AS (
        -- As if it were summed already: up to the midnight that the sums of the last day tell of.
        SELECT changed.*, changed.facts * (CASE WHEN changed.until < (SELECT midnight FROM bounds) THEN 0 ELSE 1 END)
            AS counted
        FROM reporting_figures.unsummed AS changed
        WHERE changed.since < changed.until AND changed.since < (SELECT midnight FROM bounds)
            AND (changed.standing OR changed.at >= counts.starts)
    ), beside AS (
        SELECT CASE counts.dimension WHEN 'area' THEN ahead.area WHEN 'category' THEN ahead.category
                WHEN 'unit' THEN ahead.unit WHEN 'channel' THEN ahead.channel WHEN 'urgency' THEN ahead.urgency
            END AS key, ahead.parts, ahead.counted
        FROM ahead
        WHERE ahead.standing OR ahead.at >= counts.starts
        UNION ALL
        SELECT CASE counts.dimension WHEN 'area' THEN unsummed.area WHEN 'category' THEN unsummed.category
                WHEN 'unit' THEN unsummed.unit WHEN 'channel' THEN unsummed.channel WHEN 'urgency' THEN unsummed.urgency
            END, unsummed.parts, unsummed.counted
        FROM unsummed
        WHERE unsummed.counted <> 0
    ), told AS (
        SELECT sums.key,
            sums.received, sums.split_off, sums.merged, sums.handled, sums.reopened, sums.closed,
            sums.closed_in_time, sums.closed_without_sla, sums.reworked, sums.extended, sums.asked,
            sums.answered_when_asked, sums.rated, sums.satisfied, sums.escalations, sums.stage_accept,
            sums.stage_resolve, sums.stage_verify, sums.stage_close, sums.returned, sums.called_in,
            sums.reported_in, sums.follow_up_due, sums.follow_up_kept, sums.repeat_reports, sums.messages_sent,
            sums.messages_delivered, sums.open, sums.suspended, sums.overdue_open, sums.overdue_unhandled
        FROM found AS sums
        UNION ALL
        SELECT beside.key,
            CASE WHEN 'received' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'split_off' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'merged' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'handled' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'reopened' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'closed' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'closed_in_time' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'closed_without_sla' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'reworked' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'extended' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'asked' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'answered_when_asked' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'rated' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'satisfied' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'escalations' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'stage_accept' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'stage_resolve' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'stage_verify' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'stage_close' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'returned' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'called_in' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'reported_in' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'follow_up_due' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'follow_up_kept' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'repeat_reports' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'messages_sent' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'messages_delivered' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'open' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'suspended' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'overdue_open' = ANY (beside.parts) THEN beside.counted ELSE 0 END,
            CASE WHEN 'overdue_unhandled' = ANY (beside.parts) THEN beside.counted ELSE 0 END
        FROM beside
    )
    SELECT told.key,
        sum(told.received), sum(told.split_off), sum(told.merged), sum(told.handled), sum(told.reopened),
        sum(told.closed), sum(told.closed_in_time), sum(told.closed_without_sla), sum(told.reworked),
        sum(told.extended), sum(told.asked), sum(told.answered_when_asked), sum(told.rated), sum(told.satisfied),
        sum(told.escalations), sum(told.stage_accept), sum(told.stage_resolve), sum(told.stage_verify),
        sum(told.stage_close), sum(told.returned), sum(told.called_in), sum(told.reported_in),
        sum(told.follow_up_due), sum(told.follow_up_kept), sum(told.repeat_reports), sum(told.messages_sent),
        sum(told.messages_delivered), sum(told.open), sum(told.suspended), sum(told.overdue_open),
        sum(told.overdue_unhandled)
    FROM told
    GROUP BY told.key;
END;

ALTER FUNCTION reporting_figures.counts(timestamptz, timestamptz, text) OWNER TO {role};
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        GRANT SELECT ON reporting_figures.sums, reporting_figures.unsummed, reporting_figures.summed TO yima_grafana;
    END IF;
END $$;
