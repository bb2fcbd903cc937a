-- name: count_tickets
-- How many tickets were reported in a period.
SELECT count(*)
FROM reporting_figures.cases
WHERE opened_at >= $1 AND opened_at < $2;

-- name: export_tickets
-- The tickets that were reported in a period, each with the moment of every stage as clocks in Shanghai showed it: the
-- first assignment and acceptance, the last of what can be done again.
SELECT cases.ticket::text, cases.number, cases.place, cases.area,
    coalesce(cases.category, cases.reported_category) AS category,
    cases.channel, cases.urgency, stages.unit,
    cases.opened_at AT TIME ZONE 'Asia/Shanghai' AS opened_at,
    stages.assigned_at AT TIME ZONE 'Asia/Shanghai' AS assigned_at,
    stages.accepted_at AT TIME ZONE 'Asia/Shanghai' AS accepted_at,
    stages.returned_at AT TIME ZONE 'Asia/Shanghai' AS returned_at,
    stages.resolved_at AT TIME ZONE 'Asia/Shanghai' AS resolved_at,
    stages.failed_at AT TIME ZONE 'Asia/Shanghai' AS failed_at,
    stages.verified_at AT TIME ZONE 'Asia/Shanghai' AS verified_at,
    stages.closed_at AT TIME ZONE 'Asia/Shanghai' AS closed_at,
    stages.reopened_at AT TIME ZONE 'Asia/Shanghai' AS reopened_at,
    stages.merged_at AT TIME ZONE 'Asia/Shanghai' AS merged_at,
    stages.withdrawn_at AT TIME ZONE 'Asia/Shanghai' AS withdrawn_at,
    stages.closed_in_time
FROM reporting_figures.cases
CROSS JOIN LATERAL (
    SELECT min(at) FILTER (WHERE event = 'CaseAssigned') AS assigned_at,
        min(at) FILTER (WHERE event = 'CaseAccepted') AS accepted_at,
        max(at) FILTER (WHERE event = 'CaseReturned') AS returned_at,
        max(at) FILTER (WHERE event = 'CaseResolved') AS resolved_at,
        max(at) FILTER (WHERE event = 'VerificationFailed') AS failed_at,
        max(at) FILTER (WHERE event = 'VerificationPassed') AS verified_at,
        max(at) FILTER (WHERE event = 'CaseClosed') AS closed_at,
        max(at) FILTER (WHERE event = 'CaseReopened') AS reopened_at,
        max(at) FILTER (WHERE event = 'CaseMerged') AS merged_at,
        max(at) FILTER (WHERE event = 'CaseWithdrawn') AS withdrawn_at,
        (array_agg(unit ORDER BY version DESC) FILTER (WHERE event = 'CaseAssigned'))[1] AS unit,
        (array_agg(in_time ORDER BY version DESC) FILTER (WHERE event = 'CaseClosed'))[1]::text AS closed_in_time
    FROM reporting_figures.phases
    WHERE phases.ticket = cases.ticket
) AS stages
WHERE cases.opened_at >= $1 AND cases.opened_at < $2
ORDER BY cases.opened_at, cases.ticket;
