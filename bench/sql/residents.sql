-- name: whole_account
-- What stands in the four services' tables after the residents' messages.
SELECT
    (SELECT count(*) FROM intake.tickets) AS tickets,
    (SELECT count(*) FROM routing.cases) AS cases,
    (SELECT count(*) FROM notify.sandbox_messages) AS taken_by_provider,
    (SELECT count(*) FROM routing.timers) AS timers,
    (SELECT count(*) FROM intake.parked) + (SELECT count(*) FROM routing.parked)
        + (SELECT count(*) FROM notify.parked) + (SELECT count(*) FROM reporting.parked) AS parked;

-- name: cases_by_rule
-- How many cases each of the district's rules has assigned, as the assignment itself says.
SELECT data #>> '{trace,rule}' AS rule, count(*) AS cases
FROM routing.events WHERE type = 'yima.routing.CaseAssigned'
GROUP BY rule ORDER BY cases DESC, rule;

-- name: messages_by_state
-- How many messages are in each state, to whom, and why those that are kept back are.
SELECT audience || ' ' || template || ', ' || state || coalesce(' (' || reason || ')', '') AS state, count(*) AS messages
FROM notify.notifications
GROUP BY audience, template, notifications.state, reason ORDER BY messages DESC, audience;

-- name: places_of_intake
-- The places that intake knows of.
SELECT id FROM intake.directory WHERE kind = 'place' ORDER BY id;
