-- name: counts
-- What stands in the tables of all four services.
SELECT
    (SELECT count(*) FROM intake.tickets) AS tickets,
    (SELECT count(*) FROM intake.events WHERE type LIKE 'yima.intake.Ticket%ed' AND version = 1) AS ticket_events,
    (SELECT count(*) FROM intake.outbox) AS waiting_in_intake,
    (SELECT count(*) FROM routing.cases) AS cases,
    (SELECT count(*) FROM notify.notifications) AS messages,
    (SELECT count(*) FROM notify.notifications WHERE state = 'accepted') AS accepted,
    (SELECT count(*) FROM notify.notifications WHERE state = 'suppressed') AS suppressed,
    (SELECT count(*) FROM notify.sandbox_messages) AS taken_by_provider,
    (SELECT count(*) FROM reporting_figures.cases) AS figures,
    (SELECT count(*) FROM intake.parked) + (SELECT count(*) FROM routing.parked)
        + (SELECT count(*) FROM notify.parked) + (SELECT count(*) FROM reporting.parked) AS parked;

-- name: waiting_in_intake
-- What intake's relay has still to send.
SELECT (SELECT count(*) FROM intake.outbox) + (SELECT count(*) FROM intake.outbox_states);

-- name: sends_accepted
-- How many messages the provider has taken, as notify has recorded it.
SELECT count(*) FROM notify.notifications WHERE state = 'accepted';

-- name: tickets_in_figures
-- How many tickets the figures know from both of their topics.
SELECT count(*) FROM reporting_figures.cases WHERE opened_at IS NOT NULL AND area IS NOT NULL;

-- name: messages_settled
-- How many messages have nothing to do now: taken by the provider, kept back for a reason, or waiting for a unit's hours.
SELECT count(*) FROM notify.notifications WHERE state IN ('accepted', 'suppressed', 'postponed');

-- name: last_acceptance
-- When the last of the provider's acceptances was committed, in seconds of the system's clock.
SELECT max(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float8
FROM notify.events WHERE type = 'yima.notify.SendAccepted';

-- name: acceptance_by_ticket
-- When the last acceptance about each ticket was committed.
SELECT data ->> 'ticket_id' AS ticket, max(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float8 AS at
FROM notify.events WHERE type = 'yima.notify.SendAccepted'
GROUP BY ticket;

-- name: first_case
-- When the first of the cases beyond so many was committed.
SELECT min(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float8
FROM routing.events WHERE type = 'yima.routing.CaseOpened' AND position > $1;

-- name: last_position
-- Where routing's log ends.
SELECT max(position) FROM routing.events;

-- name: cases_opened
-- How many cases routing has.
SELECT count(*) FROM routing.cases;

-- name: deadlines_missed
-- How many deadlines were seen to have been missed.
SELECT count(*) FROM routing.events WHERE type = 'yima.routing.DeadlineMissed';

-- name: last_kept
-- Where what reporting has kept ends.
SELECT coalesce(max(position), 0) FROM reporting.received;

-- name: seconds_to_figures
-- From the commit of each event that was kept since to the commit in which it was counted.
SELECT extract(epoch FROM pg_xact_commit_timestamp(received.xmin) - told.at)::float8 AS seconds
FROM reporting.received
JOIN (
    SELECT event_id, pg_xact_commit_timestamp(xmin) AS at FROM intake.events
    UNION ALL
    SELECT event_id, pg_xact_commit_timestamp(xmin) FROM routing.events
    UNION ALL
    SELECT event_id, pg_xact_commit_timestamp(xmin) FROM notify.events
) AS told ON told.event_id = received.event_id
WHERE received.position > $1;

-- name: waits_anywhere
-- Whether an event waits to be sent, a message for its next try, or a timer that is due.
SELECT EXISTS (SELECT FROM intake.outbox) OR EXISTS (SELECT FROM routing.outbox) OR EXISTS (SELECT FROM notify.outbox)
    OR EXISTS (SELECT FROM notify.notifications WHERE due_at <= now() OR state = 'attempted')
    OR EXISTS (SELECT FROM routing.timers WHERE due_at <= now());

-- name: bytes_by_group
-- What the tables with their indexes take, by service and by what they are for.
SELECT replace(pg_namespace.nspname, '_figures', '') AS owner,
    CASE
        WHEN relname = 'events' THEN 'events'
        WHEN relname = 'received' THEN 'events received'
        WHEN relname = 'seen' THEN 'what was seen'
        WHEN relname = 'commands' THEN 'answers to commands'
        WHEN relname IN ('outbox', 'outbox_states', 'acknowledged') THEN 'outbox'
        WHEN relname = 'keys' THEN 'keys'
        WHEN relname = 'sandbox_messages' THEN 'the sandbox''s phones'
        ELSE 'rows that are read'
    END AS kind,
    sum(pg_total_relation_size(pg_class.oid))::bigint AS bytes
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND pg_namespace.nspname IN ('intake', 'routing', 'notify', 'reporting', 'reporting_figures')
GROUP BY owner, kind;

-- name: log_written
-- How much was written ahead so far.
SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint;
