-- How many of each part of the figures `behind` finds in a period that begins with a day of Asia/Shanghai, told apart
-- by one dimension (all, area, category, unit, channel, urgency): from the sums of whole months within it, of the days
-- beside them, what is not summed yet, and less what the last day has still before it. Of a last month that still runs,
-- or is half over, it is less to read the month's sums and those of the days that are not in the period.
CREATE OR REPLACE FUNCTION reporting_figures.counts(starts timestamptz, ends timestamptz, dimension text)
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
    ), months AS (
        SELECT first_day, day_after, (day_after::timestamp AT TIME ZONE 'Asia/Shanghai') AS midnight,
            date_trunc('month', first_day::timestamp + interval '1 month - 1 day')::date AS first_month,
            date_trunc('month', day_after::timestamp)::date AS last_month
        FROM days
    ), bounds AS (
        -- Days from `day_from` on are taken from the months before `month_after`, or added to them.
        SELECT first_day, day_after, midnight, first_month, whole.month_after,
            CASE WHEN whole.taken THEN -1 ELSE 1 END AS sign,
            CASE WHEN whole.taken THEN day_after ELSE last_month END AS day_from,
            CASE WHEN whole.taken THEN whole.month_after ELSE day_after END AS day_until
        FROM months
        CROSS JOIN LATERAL (
            SELECT half.taken, CASE WHEN half.taken THEN (last_month + interval '1 month')::date ELSE last_month END
                AS month_after
            FROM (
                SELECT day_after - last_month > 10
                    OR day_after > last_month AND day_after > (now() AT TIME ZONE 'Asia/Shanghai')::date AS taken
            ) AS half
        ) AS whole
    ), found AS (
        SELECT 1 AS sign, sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'month'
            AND sums.at >= (SELECT first_month FROM bounds) AND sums.moment < (SELECT month_after FROM bounds)
        UNION ALL
        SELECT 1, sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'month'
            AND sums.at = '-infinity' AND sums.moment < (SELECT month_after FROM bounds)
        UNION ALL
        SELECT 1, sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'day'
            AND sums.at >= (SELECT first_day FROM bounds) AND sums.at < (SELECT first_month FROM bounds)
            AND sums.moment < (SELECT day_after FROM bounds)
        UNION ALL
        SELECT (SELECT sign FROM bounds), sums.*
        FROM reporting_figures.sums
        WHERE sums.dimension = counts.dimension AND sums.grain = 'day'
            AND sums.moment >= (SELECT day_from FROM bounds) AND sums.moment < (SELECT day_until FROM bounds)
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
            sums.sign * sums.received AS received, sums.sign * sums.split_off AS split_off,
            sums.sign * sums.merged AS merged, sums.sign * sums.handled AS handled,
            sums.sign * sums.reopened AS reopened, sums.sign * sums.closed AS closed,
            sums.sign * sums.closed_in_time AS closed_in_time,
            sums.sign * sums.closed_without_sla AS closed_without_sla, sums.sign * sums.reworked AS reworked,
            sums.sign * sums.extended AS extended, sums.sign * sums.asked AS asked,
            sums.sign * sums.answered_when_asked AS answered_when_asked, sums.sign * sums.rated AS rated,
            sums.sign * sums.satisfied AS satisfied, sums.sign * sums.escalations AS escalations,
            sums.sign * sums.stage_accept AS stage_accept, sums.sign * sums.stage_resolve AS stage_resolve,
            sums.sign * sums.stage_verify AS stage_verify, sums.sign * sums.stage_close AS stage_close,
            sums.sign * sums.returned AS returned, sums.sign * sums.called_in AS called_in,
            sums.sign * sums.reported_in AS reported_in, sums.sign * sums.follow_up_due AS follow_up_due,
            sums.sign * sums.follow_up_kept AS follow_up_kept, sums.sign * sums.repeat_reports AS repeat_reports,
            sums.sign * sums.messages_sent AS messages_sent, sums.sign * sums.messages_delivered AS messages_delivered,
            sums.sign * sums.open AS open, sums.sign * sums.suspended AS suspended,
            sums.sign * sums.overdue_open AS overdue_open, sums.sign * sums.overdue_unhandled AS overdue_unhandled
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
