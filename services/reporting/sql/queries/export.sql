-- name: count_tickets
-- How many tickets were reported in a period.
SELECT count(*)
FROM reporting_figures.cases
WHERE opened_at >= $1 AND opened_at < $2;

-- name: export_tickets
-- The tickets that were reported in a period, each with the moment of every stage: the first assignment and acceptance,
-- the last of what can be done again. A text that a spreadsheet would compute has a mark before it.
SELECT cases.ticket, cases.number,
    regexp_replace(cases.place, E'^([=+@\t\r-])', '''\1') AS place,
    regexp_replace(cases.area, E'^([=+@\t\r-])', '''\1') AS area,
    regexp_replace(coalesce(cases.category, cases.reported_category), E'^([=+@\t\r-])', '''\1') AS category,
    cases.channel, cases.urgency, regexp_replace(stages.unit, E'^([=+@\t\r-])', '''\1') AS unit,
    cases.opened_at, stages.assigned_at, stages.accepted_at, stages.returned_at, stages.resolved_at,
    stages.failed_at, stages.verified_at, stages.closed_at, stages.reopened_at, stages.merged_at, stages.withdrawn_at
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
        (array_agg(unit ORDER BY version DESC) FILTER (WHERE event = 'CaseAssigned'))[1] AS unit
    FROM reporting_figures.phases
    WHERE phases.ticket = cases.ticket
) AS stages
WHERE cases.opened_at >= $1 AND cases.opened_at < $2
ORDER BY cases.opened_at, cases.ticket;
