-- name: tallies
-- What happened in each period and how things stood at its end, by place and category. The definitions are those of
-- domain/: each column is one of a tally's counts.
WITH period AS (
    SELECT number::int, starts, ends
    FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS given (starts, ends, number)
), standing AS (
    SELECT period.number, period.starts, period.ends, cases.place, cases.area,
        coalesce(cases.category, cases.reported_category) AS category,
        cases.opened_at >= period.starts AS received,
        told.handled_at >= period.starts AS handled,
        told.handled_at IS NULL AS never_handled,
        -- What was withdrawn is open no more, and nobody is judged by it.
        coalesce(told.last_turn IN ('CaseClosed', 'CaseWithdrawn'), false) AS over,
        coalesce(told.last_turn = 'CaseClosed' AND told.closed_at >= period.starts, false) AS closed_in_period,
        told.in_time,
        -- A row of another system's past that has no outcome stands outside the clocks.
        coalesce(told.last_turn NOT IN ('CaseClosed', 'CaseWithdrawn') AND NOT told.history AND told.resolve_by < period.ends, false) AS overdue,
        coalesce(told.failed, false) AS failed,
        coalesce(told.reopened, false) AS reopened,
        coalesce(told.escalations, 0) AS escalations,
        -- The closing's own message: it is wanted within moments, days later after an outage; clocks differ a little.
        EXISTS (
            SELECT FROM reporting_figures.messages
            WHERE messages.ticket = cases.ticket AND messages.event = 'NotificationQueued'
                AND messages.template = 'case_closed'
                AND messages.at BETWEEN told.closed_at - interval '1 minute' AND told.closed_at + interval '7 days'
        ) AS asked,
        rated.rating,
        -- An answer to an earlier closing is none to this one.
        rated.at >= told.closed_at - interval '1 minute' AS answered,
        rated.at >= period.starts AS rated_in_period
    FROM period
    JOIN reporting_figures.cases ON cases.opened_at < period.ends
        AND (cases.changed_at >= period.starts OR cases.closed_version <= cases.reopened_version)
    CROSS JOIN LATERAL (
        SELECT min(at) FILTER (WHERE event IN ('CaseResolved', 'CaseClosed')) AS handled_at,
            (array_agg(event ORDER BY version DESC) FILTER (WHERE event <> 'CaseEscalated'))[1] AS last_turn,
            (array_agg(at ORDER BY version DESC) FILTER (WHERE event = 'CaseClosed'))[1] AS closed_at,
            (array_agg(in_time ORDER BY version DESC) FILTER (WHERE event = 'CaseClosed'))[1] AS in_time,
            -- What was promised first, or when it was last opened anew or merged: rework has a fresh clock to work by,
            -- which a transfer takes along, and makes no late case punctual. What the grid granted since moves it, and
            -- never to an earlier moment. While a case is suspended nothing is promised.
            CASE WHEN coalesce((array_agg(event ORDER BY version DESC)
                    FILTER (WHERE event IN ('SuspensionGranted', 'SuspensionEnded')))[1] <> 'SuspensionGranted', true)
                THEN greatest(
                    CASE WHEN bool_or(event IN ('CaseReopened', 'CaseMerged'))
                        THEN (array_agg(resolve_by ORDER BY version DESC)
                            FILTER (WHERE event IN ('CaseReopened', 'CaseMerged')))[1]
                        ELSE (array_agg(resolve_by ORDER BY version) FILTER (WHERE event = 'CaseAssigned'))[1]
                    END,
                    max(resolve_by) FILTER (
                        WHERE event IN ('ExtensionGranted', 'SuspensionEnded') AND version > anew_version))
            END AS resolve_by,
            (array_agg(history ORDER BY version DESC))[1] AS history,
            bool_or(event = 'VerificationFailed') AS failed,
            bool_or(event = 'CaseReopened') AS reopened,
            count(*) FILTER (WHERE event = 'CaseEscalated' AND at >= period.starts) AS escalations
        FROM (
            SELECT *, coalesce(max(version) FILTER (WHERE event IN ('CaseReopened', 'CaseMerged')) OVER (), 0)
                AS anew_version
            FROM reporting_figures.phases
            WHERE phases.ticket = cases.ticket AND phases.at < period.ends
        ) AS phases
    ) AS told
    LEFT JOIN LATERAL (
        SELECT ratings.rating, ratings.at
        FROM reporting_figures.ratings
        WHERE ratings.ticket = cases.ticket AND ratings.at < period.ends
        ORDER BY version DESC
        LIMIT 1
    ) AS rated ON true
)
SELECT number, place, area, category,
    count(*) FILTER (WHERE received) AS received,
    count(*) FILTER (WHERE handled) AS handled,
    count(*) FILTER (WHERE overdue AND never_handled) AS overdue_unhandled,
    count(*) FILTER (WHERE closed_in_period) AS closed,
    count(*) FILTER (WHERE closed_in_period AND in_time) AS closed_in_time,
    count(*) FILTER (WHERE closed_in_period AND in_time IS NULL) AS closed_without_sla,
    count(*) FILTER (WHERE overdue) AS overdue_open,
    count(*) FILTER (WHERE NOT over) AS open,
    count(*) FILTER (WHERE (closed_in_period OR overdue) AND failed) AS reworked,
    count(*) FILTER (WHERE handled AND reopened) AS reopened,
    count(*) FILTER (WHERE rated_in_period) AS rated,
    count(*) FILTER (WHERE rated_in_period AND rating = 'satisfied') AS satisfied,
    count(*) FILTER (WHERE closed_in_period AND asked) AS asked,
    count(*) FILTER (WHERE closed_in_period AND asked AND answered) AS answered,
    sum(escalations)::bigint AS escalations,
    count(*) FILTER (WHERE received OR handled OR closed_in_period OR overdue OR rated_in_period) AS cases
FROM standing
GROUP BY number, place, area, category
ORDER BY number, place, category;

-- name: first_responses
-- The first acceptance of each case that was accepted for the first time in a period: by whom, and from when to when.
SELECT period.number::int, cases.place, cases.area, coalesce(cases.category, cases.reported_category) AS category,
    accepted.unit, cases.opened_at, accepted.at AS accepted_at
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS period (starts, ends, number)
JOIN reporting_figures.phases AS accepted
    ON accepted.event = 'CaseAccepted' AND accepted.at >= period.starts AND accepted.at < period.ends
JOIN reporting_figures.cases ON cases.ticket = accepted.ticket
WHERE cases.opened_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM reporting_figures.phases AS earlier
        WHERE earlier.ticket = accepted.ticket AND earlier.event = 'CaseAccepted' AND earlier.version < accepted.version
    );

-- name: message_counts
-- What became of the messages of a period.
SELECT event, reason, count(*) AS messages
FROM reporting_figures.messages
WHERE at >= $1 AND at < $2
GROUP BY event, reason
ORDER BY event, reason;
