-- name: project_cases
-- One row a ticket from either topic: what a ticket began with stays, what routing says last of its matter is true.
INSERT INTO reporting_figures.cases AS known (
    ticket, number, split_off, opened_at, channel, imported, reported_category, place, area, category, urgency,
    matter_version, closed_version, reopened_version, changed_at
)
SELECT ticket, number, split_off, opened_at, channel, imported, reported_category, coalesce(matter[2], reported_place), matter[3], matter[4],
    matter[5], matter[1]::int, closed_version, reopened_version, changed_at
FROM (
    SELECT CASE publisher WHEN '/notify' THEN (data ->> 'ticket_id')::uuid
            ELSE substr(stream, strpos(stream, '-') + 1)::uuid END AS ticket,
        max(data ->> 'number')
            FILTER (WHERE type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported')) AS number,
        -- What a follow-up found back is the same trouble once more, and no other of the same report.
        bool_or(data ->> 'split_from' IS NOT NULL AND data ->> 'link' IS DISTINCT FROM 'came_back')
            FILTER (WHERE type = 'yima.intake.TicketOpened') AS split_off,
        min(occurred_at) FILTER (WHERE type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported')) AS opened_at,
        max(CASE type WHEN 'yima.intake.TicketOpened' THEN data ->> 'channel'
            WHEN 'yima.intake.TicketImported' THEN 'import' END) AS channel,
        bool_or(type = 'yima.intake.TicketImported')
            FILTER (WHERE type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported')) AS imported,
        max(data ->> 'category')
            FILTER (WHERE type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported')) AS reported_category,
        max(data ->> 'place')
            FILTER (WHERE type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported')) AS reported_place,
        -- The last of a stream wins: the version comes first in what is compared, padded so that text sorts as numbers.
        max(ARRAY[lpad(version::text, 10, '0'), data #>> '{matter,place}', data #>> '{matter,area}',
                  data #>> '{matter,category}', data #>> '{matter,urgency}'])
            FILTER (WHERE type IN ('yima.routing.CaseOpened', 'yima.routing.CaseAssigned',
                'yima.routing.CaseCategorised')) AS matter,
        coalesce(max(version) FILTER (WHERE type IN ('yima.routing.CaseClosed',
            'yima.routing.CaseWithdrawn')), 0) AS closed_version,
        coalesce(max(version) FILTER (WHERE type = 'yima.routing.CaseReopened'), 0) AS reopened_version,
        max(occurred_at) AS changed_at
    FROM received
    WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
        AND (publisher IN ('/intake', '/routing') AND (stream LIKE 'ticket-%' OR stream LIKE 'case-%')
            -- Its row is locked, so that two who take in news of one ticket do not overlook each other's.
            OR type IN ('yima.notify.SendAccepted', 'yima.notify.SendRejected', 'yima.notify.SendUnknown',
                        'yima.notify.DeliveryReported')
            OR type = 'yima.notify.NotificationQueued' AND data ->> 'template' = 'case_closed')
    GROUP BY ticket
) AS batch
ORDER BY ticket
ON CONFLICT (ticket) DO UPDATE SET
    number = coalesce(known.number, excluded.number),
    split_off = coalesce(known.split_off, excluded.split_off),
    opened_at = coalesce(known.opened_at, excluded.opened_at),
    channel = coalesce(known.channel, excluded.channel),
    imported = coalesce(known.imported, excluded.imported),
    reported_category = coalesce(known.reported_category, excluded.reported_category),
    place = coalesce(known.place, excluded.place),
    -- Whichever came first, the last that was said is true.
    area = CASE WHEN known.matter_version > excluded.matter_version THEN coalesce(known.area, excluded.area)
        ELSE coalesce(excluded.area, known.area) END,
    category = CASE WHEN known.matter_version > excluded.matter_version THEN coalesce(known.category, excluded.category)
        ELSE coalesce(excluded.category, known.category) END,
    urgency = CASE WHEN known.matter_version > excluded.matter_version THEN coalesce(known.urgency, excluded.urgency)
        ELSE coalesce(excluded.urgency, known.urgency) END,
    matter_version = greatest(known.matter_version, excluded.matter_version),
    closed_version = greatest(known.closed_version, excluded.closed_version),
    reopened_version = greatest(known.reopened_version, excluded.reopened_version),
    changed_at = greatest(known.changed_at, excluded.changed_at);

-- name: project_phases
-- Each event of a case that a figure counts, as it was dated. `due` is by when what it asks for must be done, `subject`
-- what tells several of a case apart: which follow-up, who was told, or which clock was counted anew; `resolve_by` of the
-- latter, and of a suspension that ended, is what the case is judged by from then on; `category` what it counts as then.
INSERT INTO reporting_figures.phases (ticket, version, at, event, unit, history, resolve_by, in_time, due, subject,
    category)
SELECT substr(stream, 6)::uuid, version, occurred_at, split_part(type, '.', 3), coalesce(body.unit, body.from_unit),
    coalesce(body.history, false), coalesce(body.judged_by, (body.deadlines ->> 'resolve_by')::timestamptz), body.in_time,
    coalesce(body.report_by, body.deadline), coalesce(body.follow_up || ':' || body.occurrence, body.to_unit, body.clock),
    body.category
FROM received
CROSS JOIN LATERAL jsonb_to_record(data) AS body (unit text, from_unit text, to_unit text, history boolean,
    deadlines jsonb, in_time boolean, report_by timestamptz, deadline timestamptz, follow_up text, occurrence int,
    judged_by timestamptz, clock text, category text)
WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
    AND type IN ('yima.routing.CaseCategorised', 'yima.routing.CaseAssigned', 'yima.routing.CaseAccepted', 'yima.routing.CaseReturned',
                 'yima.routing.CaseResolved', 'yima.routing.VerificationPassed', 'yima.routing.VerificationFailed',
                 'yima.routing.CaseClosed', 'yima.routing.CaseReopened', 'yima.routing.CaseEscalated',
                 'yima.routing.ExtensionGranted', 'yima.routing.SuspensionGranted', 'yima.routing.SuspensionEnded',
                 'yima.routing.DeadlineRecomputed',
                 'yima.routing.CaseMerged', 'yima.routing.WhistleBlown', 'yima.routing.UnitReportedIn',
                 'yima.routing.JointTaskDeclined', 'yima.routing.JointTaskReleased', 'yima.routing.JointTaskInsisted',
                 'yima.routing.JointTaskTakenOver', 'yima.routing.FollowUpPlanned', 'yima.routing.FollowUpReminded',
                 'yima.routing.FollowUpDone', 'yima.routing.FollowUpRecurred', 'yima.routing.FollowUpCancelled',
                 'yima.routing.CaseWithdrawn');

-- name: project_ratings
-- Each rating, by the time it was given.
INSERT INTO reporting_figures.ratings (ticket, version, at, rating)
SELECT substr(stream, 8)::uuid, version, occurred_at, data ->> 'rating'
FROM received
WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
    AND type = 'yima.intake.TicketRated';

-- name: project_messages
-- What became of each message: wanted, kept back and why, taken by the provider or not, received.
INSERT INTO reporting_figures.messages (notification, version, ticket, at, event, audience, template, reason, outcome)
SELECT substr(stream, 14)::uuid, version, (data ->> 'ticket_id')::uuid, occurred_at, split_part(type, '.', 3),
    data ->> 'audience', data ->> 'template', data ->> 'reason',
    CASE split_part(type, '.', 3)
        WHEN 'SendAccepted' THEN 'accepted'
        WHEN 'SendUnknown' THEN 'unknown'
        -- What is tried again later has no outcome yet.
        WHEN 'SendRejected' THEN CASE WHEN data ->> 'retry_at' IS NULL THEN 'refused' END
        WHEN 'DeliveryReported' THEN data ->> 'status'
    END
FROM received
WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
    AND type IN ('yima.notify.NotificationQueued', 'yima.notify.NotificationSuppressed', 'yima.notify.SendAccepted',
                 'yima.notify.SendRejected', 'yima.notify.SendUnknown', 'yima.notify.DeliveryReported');
