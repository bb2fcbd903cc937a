-- name: lock_places
-- Two who take in reports of one place do not overlook each other's: each sees which came before its own. A few locks
-- serve all places. They are taken before any row, so that nobody waits for them who holds what others wait for.
SELECT pg_advisory_xact_lock(hashtext('reporting_figures.places'), slot)
FROM (
    SELECT DISTINCT hashtext(coalesce(cases.place, data #>> '{matter,place}', data ->> 'place')) & 63 AS slot
    FROM received
    LEFT JOIN reporting_figures.cases ON cases.ticket = substr(stream, strpos(stream, '-') + 1)::uuid
    WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
        AND type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported', 'yima.routing.CaseOpened',
                     'yima.routing.CaseAssigned', 'yima.routing.CaseCategorised')
        AND coalesce(cases.place, data #>> '{matter,place}', data ->> 'place') IS NOT NULL
    ORDER BY slot
) AS slots;

-- name: lock_cases
-- The batch's tickets, and the reports that come next after its own at their places, since whether they repeat one is
-- told with it: all in one order, so that two who take in news of the same can not block each other. A ticket that
-- nobody has told of is there from now on; of one that is known the row is locked, and not written.
INSERT INTO reporting_figures.cases (ticket, changed_at)
SELECT ticket, '-infinity'
FROM (
    SELECT CASE publisher WHEN '/notify' THEN (data ->> 'ticket_id')::uuid
        ELSE substr(stream, strpos(stream, '-') + 1)::uuid END AS ticket
    FROM received
    WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
        AND (publisher IN ('/intake', '/routing') AND (stream LIKE 'ticket-%' OR stream LIKE 'case-%')
            OR type IN ('yima.notify.SendAccepted', 'yima.notify.SendRejected', 'yima.notify.SendUnknown',
                        'yima.notify.DeliveryReported')
            OR type = 'yima.notify.NotificationQueued' AND data ->> 'template' = 'case_closed')
    UNION
    SELECT follower.ticket
    FROM (
        SELECT told.ticket, coalesce(min(known.opened_at), min(told.opened_at)) AS opened_at,
            coalesce(min(known.place), min(told.matter_place), min(told.place)) AS place
        FROM (
            SELECT substr(stream, strpos(stream, '-') + 1)::uuid AS ticket, data ->> 'place' AS place,
                data #>> '{matter,place}' AS matter_place, CASE publisher WHEN '/intake' THEN occurred_at END AS opened_at
            FROM received
            WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
                AND type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported', 'yima.routing.CaseOpened',
                             'yima.routing.CaseAssigned', 'yima.routing.CaseCategorised')
        ) AS told
        LEFT JOIN reporting_figures.cases AS known ON known.ticket = told.ticket
        GROUP BY told.ticket
    ) AS arrived
    CROSS JOIN LATERAL (
        SELECT next.ticket
        FROM reporting_figures.facts AS next
        WHERE next.fact = 'received' AND next.place = arrived.place AND NOT 'split_off' = ANY (next.parts)
            AND (next.at, next.ticket) > (arrived.opened_at, arrived.ticket)
        ORDER BY next.at, next.ticket
        LIMIT 1
    ) AS follower
) AS touched
ORDER BY ticket
ON CONFLICT (ticket) DO UPDATE SET changed_at = excluded.changed_at WHERE false;

-- name: project_facts
-- What of the batch's tickets counts in any figure, worked out anew from all that is known of each: whichever topic was
-- first, the same rows come of it. Only rows that changed are written, and what changed is left to be summed. The
-- definitions are those of domain/. What stands between `matter` and `arrivals` works it out for all tickets in a rebuild.
WITH touched AS (
    SELECT DISTINCT CASE publisher WHEN '/notify' THEN (data ->> 'ticket_id')::uuid
        ELSE substr(stream, strpos(stream, '-') + 1)::uuid END AS ticket
    FROM received
    WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
        AND (publisher IN ('/intake', '/routing') AND (stream LIKE 'ticket-%' OR stream LIKE 'case-%')
            OR type IN ('yima.notify.SendAccepted', 'yima.notify.SendRejected', 'yima.notify.SendUnknown',
                        'yima.notify.DeliveryReported')
            OR type = 'yima.notify.NotificationQueued' AND data ->> 'template' = 'case_closed')
), matter AS (
    SELECT ticket, opened_at, coalesce(split_off, false) AS split_off, place, area, coalesce(category, reported_category) AS category, channel, urgency
    FROM touched
    JOIN reporting_figures.cases USING (ticket)
    WHERE opened_at IS NOT NULL
), known AS (
    -- What was dated before what had to come first counts from that on.
    SELECT ticket, version, event, unit, subject, history, resolve_by, in_time, due,
        greatest(opened_at, max(at) OVER (PARTITION BY ticket ORDER BY version)) AS at
    FROM matter
    JOIN reporting_figures.phases USING (ticket)
), ways AS (
    SELECT ticket, version, event, CASE event WHEN 'CaseReturned' THEN subject ELSE unit END AS unit, history, resolve_by,
        in_time, at
    FROM known
    WHERE event IN ('CaseAssigned', 'CaseAccepted', 'CaseReturned', 'CaseResolved', 'VerificationFailed', 'CaseClosed',
            'CaseReopened', 'CaseMerged', 'CaseWithdrawn', 'ExtensionGranted', 'SuspensionGranted', 'SuspensionEnded')
        OR event = 'DeadlineRecomputed' AND subject = 'resolve'
), turns AS (
    SELECT ticket, 0 AS version, 'CaseOpened' AS event, NULL AS unit, false AS history, NULL::timestamptz AS resolve_by,
        NULL::boolean AS in_time, opened_at AS at
    FROM matter
    UNION ALL
    SELECT ticket, version, event,
        -- Another calendar changes nobody's hands.
        CASE event WHEN 'DeadlineRecomputed' THEN (array_agg(unit) FILTER (WHERE event <> 'DeadlineRecomputed') OVER so_far)[
            count(*) FILTER (WHERE event <> 'DeadlineRecomputed') OVER so_far]
        ELSE unit END, history, resolve_by, in_time, at
    FROM ways
    WINDOW so_far AS (PARTITION BY ticket ORDER BY version)
), standing AS (
    SELECT ticket, version, event, unit, history, resolve_by, in_time, at,
        event = 'CaseClosed' AS closed,
        -- What was withdrawn is open no more, and nobody is judged by it.
        event IN ('CaseClosed', 'CaseWithdrawn') AS over,
        lead(at, 1, 'infinity') OVER so_far AS until,
        lag(unit) OVER so_far IS DISTINCT FROM unit OR lag(event) OVER so_far IN ('CaseClosed', 'CaseWithdrawn') AS changes_hands,
        count(*) FILTER (WHERE event IN ('CaseReopened', 'CaseMerged', 'DeadlineRecomputed')) OVER so_far AS era,
        bool_or(event IN ('CaseResolved', 'CaseClosed')) OVER so_far AS handled,
        bool_or(event = 'VerificationFailed') OVER so_far AS failed,
        bool_or(event = 'ExtensionGranted') OVER so_far AS extended,
        coalesce(max(version) FILTER (WHERE event = 'SuspensionGranted') OVER so_far, 0)
            > coalesce(max(version) FILTER (WHERE event = 'SuspensionEnded') OVER so_far, 0) AS suspended,
        max(at) FILTER (WHERE event = 'SuspensionGranted') OVER so_far AS suspended_at
    FROM turns
    WINDOW so_far AS (PARTITION BY ticket ORDER BY version)
), promised AS (
    -- What was promised first, or when it was last opened anew, merged or counted by another calendar: rework has a fresh clock to work by, which a
    -- transfer takes along, and makes no late case punctual. What the grid granted since moves it, and never to an
    -- earlier moment. While a case is suspended nothing is promised.
    SELECT *, count(*) FILTER (WHERE changes_hands) OVER so_far AS hands,
        CASE WHEN NOT suspended AND NOT over AND NOT history THEN greatest(
            CASE WHEN era = 0 THEN (array_agg(resolve_by) FILTER (WHERE event = 'CaseAssigned') OVER this_era)[1]
                ELSE first_value(resolve_by) OVER this_era END,
            max(resolve_by) FILTER (WHERE event IN ('ExtensionGranted', 'SuspensionEnded')) OVER this_era)
        END AS deadline
    FROM standing
    WINDOW so_far AS (PARTITION BY ticket ORDER BY version), this_era AS (PARTITION BY ticket, era ORDER BY version)
), firsts AS (
    SELECT ticket,
        (array_agg(unit ORDER BY version) FILTER (WHERE event = 'CaseAssigned'))[1] AS assigned_unit,
        min(at) FILTER (WHERE event IN ('CaseResolved', 'CaseClosed')) AS handled_at,
        (array_agg(unit ORDER BY version) FILTER (WHERE event IN ('CaseResolved', 'CaseClosed')))[1] AS handled_unit,
        min(at) FILTER (WHERE event = 'CaseReopened') AS reopened_at,
        min(at) FILTER (WHERE event = 'CaseMerged') AS merged_at
    FROM turns
    GROUP BY ticket
), answers AS (
    SELECT ticket, version, rating, ratings.at AS rated_at, greatest(ratings.at, opened_at) AS at,
        lead(ratings.at, 1, 'infinity') OVER (PARTITION BY ticket ORDER BY version) AS until
    FROM matter
    JOIN reporting_figures.ratings USING (ticket)
    -- Nobody is judged by what a reporter says of what they have withdrawn.
    WHERE NOT EXISTS (
        SELECT FROM known
        WHERE known.ticket = ratings.ticket AND known.event = 'CaseWithdrawn' AND known.at <= ratings.at)
), closings AS (
    SELECT promised.*, opened_at,
        -- The closing's own message: it is wanted within moments, days later after an outage; clocks differ a little.
        EXISTS (
            SELECT FROM reporting_figures.messages
            WHERE messages.ticket = promised.ticket AND messages.event = 'NotificationQueued'
                AND messages.template = 'case_closed'
                AND messages.at BETWEEN promised.at - interval '1 minute' AND promised.at + interval '7 days'
        ) AS asked
    FROM promised
    JOIN matter USING (ticket)
    WHERE closed
), stages AS (
    -- Each walk through a stage. A case that follows another is nobody's work, so that it takes nobody any time.
    SELECT ticket, version, event, at,
        -- A verification that passes names no unit: it is of the work of who resolved last.
        coalesce(unit, (array_agg(unit) FILTER (WHERE event = 'CaseResolved') OVER so_far)[
            count(*) FILTER (WHERE event = 'CaseResolved') OVER so_far]) AS unit,
        CASE event
            WHEN 'CaseAccepted' THEN CASE WHEN count(*) FILTER (WHERE event = 'CaseAccepted') OVER so_far = 1
                THEN opened_at END
            WHEN 'CaseResolved' THEN max(at) FILTER (
                WHERE event IN ('CaseAssigned', 'CaseAccepted', 'VerificationFailed', 'CaseReopened')) OVER so_far
            WHEN 'CaseClosed' THEN max(at) FILTER (WHERE event IN ('CaseResolved', 'VerificationPassed')) OVER so_far
            WHEN 'CaseReturned' THEN max(at) FILTER (WHERE event = 'CaseAssigned') OVER so_far
            WHEN 'VerificationPassed' THEN max(at) FILTER (WHERE event = 'CaseResolved') OVER so_far
            WHEN 'VerificationFailed' THEN max(at) FILTER (WHERE event = 'CaseResolved') OVER so_far
        END AS began_at
    FROM known
    JOIN matter USING (ticket)
    JOIN firsts USING (ticket)
    WHERE merged_at IS NULL OR at < merged_at
    WINDOW so_far AS (PARTITION BY ticket ORDER BY version)
), judged AS (
    -- The unit that an answer is about: that of the last closing before it.
    SELECT DISTINCT ON (answers.ticket, answers.version) answers.ticket, answers.version, rating, answers.at, until,
        turns.unit
    FROM answers
    LEFT JOIN turns
        ON turns.ticket = answers.ticket AND turns.event = 'CaseClosed' AND turns.at <= answers.at + interval '1 minute'
    ORDER BY answers.ticket, answers.version, turns.version DESC NULLS LAST
), joint AS (
    -- What calls of other units are told from: little of all that is known, and looked through for each call.
    SELECT ticket, version, event, unit, at, due
    FROM known
    WHERE event IN ('WhistleBlown', 'JointTaskInsisted', 'UnitReportedIn', 'JointTaskDeclined', 'JointTaskReleased',
            'JointTaskTakenOver')
        OR event = 'DeadlineRecomputed' AND subject = 'report_in'
    UNION ALL
    SELECT ticket, version, event, NULL, at, NULL
    FROM known
    WHERE event = 'CaseMerged'
), follow_ups AS (
    SELECT ticket, subject, (array_agg(unit ORDER BY version DESC))[1] AS unit,
        (array_agg(due ORDER BY version DESC) FILTER (
            WHERE event IN ('FollowUpPlanned', 'FollowUpReminded', 'DeadlineRecomputed')))[1] AS due,
        min(at) FILTER (WHERE event IN ('FollowUpDone', 'FollowUpRecurred')) AS done_at,
        min(at) FILTER (WHERE event = 'FollowUpCancelled') AS cancelled_at
    FROM known
    WHERE event LIKE 'FollowUp%' OR event = 'DeadlineRecomputed' AND subject LIKE '%:%'
    GROUP BY ticket, subject
), found (ticket, fact, key, parts, standing, at, since, until, minutes, unit) AS (
    SELECT ticket, 'received', '',
        CASE WHEN split_off THEN ARRAY['received', 'split_off'] ELSE ARRAY['received'] END, false, opened_at, opened_at, 'infinity'::timestamptz,
        NULL::double precision, assigned_unit
    FROM matter
    JOIN firsts USING (ticket)
    UNION ALL
    SELECT ticket, 'merged', '', ARRAY['merged'], false, opened_at, merged_at, 'infinity', NULL, assigned_unit
    FROM matter
    JOIN firsts USING (ticket)
    WHERE merged_at IS NOT NULL
    UNION ALL
    SELECT ticket, 'open', min(version)::text, ARRAY['open'], true, min(at), min(at), max(until), NULL, min(unit)
    FROM promised
    WHERE NOT over
    GROUP BY ticket, hands
    HAVING min(at) < max(until)
    UNION ALL
    -- Since it was granted, and not since when it has lain where it does meanwhile.
    SELECT ticket, 'suspended', version::text, ARRAY['suspended'], true, suspended_at, at, until, NULL, unit
    FROM promised
    WHERE suspended AND NOT over AND at < until
    UNION ALL
    SELECT ticket, 'overdue', version::text,
        array_remove(ARRAY['overdue_open', CASE WHEN NOT handled THEN 'overdue_unhandled' END,
            CASE WHEN failed THEN 'reworked' END, CASE WHEN extended THEN 'extended' END], NULL),
        -- Late since its deadline, whatever has been done since; but one that was merged into a late one was not late
        -- before it was reported.
        true, greatest(opened_at, deadline), greatest(at, deadline), until, NULL, unit
    FROM promised
    JOIN matter USING (ticket)
    WHERE greatest(at, deadline) < until AND deadline IS NOT NULL
    UNION ALL
    SELECT ticket, 'handled', '', ARRAY['handled'], false, handled_at, handled_at, 'infinity', NULL, handled_unit
    FROM firsts
    WHERE handled_at IS NOT NULL
    UNION ALL
    SELECT ticket, 'reopened', '', ARRAY['reopened'], false, handled_at, greatest(reopened_at, handled_at), 'infinity',
        NULL, handled_unit
    FROM firsts
    WHERE reopened_at IS NOT NULL AND handled_at IS NOT NULL
    UNION ALL
    SELECT ticket, 'closed', version::text,
        array_remove(ARRAY['closed',
            CASE WHEN in_time THEN 'closed_in_time' WHEN in_time IS NULL THEN 'closed_without_sla' END,
            CASE WHEN failed THEN 'reworked' END, CASE WHEN extended THEN 'extended' END,
            CASE WHEN asked THEN 'asked' END], NULL),
        false, at, at, until, extract(epoch FROM at - opened_at) / 60, unit
    FROM closings
    UNION ALL
    -- An answer to an earlier closing is none to this one.
    SELECT closings.ticket, 'answered', closings.version::text, ARRAY['answered_when_asked'], false, closings.at,
        greatest(min(answers.at), closings.at), closings.until, NULL, closings.unit
    FROM closings
    JOIN answers ON answers.ticket = closings.ticket AND answers.rated_at >= closings.at - interval '1 minute'
    WHERE closings.asked
    GROUP BY closings.ticket, closings.version, closings.at, closings.until, closings.unit
    UNION ALL
    SELECT ticket, 'rated', version::text,
        CASE rating WHEN 'satisfied' THEN ARRAY['rated', 'satisfied'] ELSE ARRAY['rated'] END, false, at, at, until, NULL,
        unit
    FROM judged
    UNION ALL
    SELECT ticket, 'escalated', version::text, ARRAY['escalations'], false, at, at, 'infinity', NULL, unit
    FROM known
    WHERE event = 'CaseEscalated'
    UNION ALL
    SELECT ticket, 'stage', version::text,
        ARRAY[CASE event WHEN 'CaseAccepted' THEN 'stage_accept' WHEN 'CaseResolved' THEN 'stage_resolve'
            WHEN 'CaseClosed' THEN 'stage_close' WHEN 'CaseReturned' THEN 'returned' ELSE 'stage_verify' END],
        false, at, at, 'infinity', extract(epoch FROM at - began_at) / 60, unit
    FROM stages
    WHERE began_at IS NOT NULL
    UNION ALL
    -- A call that was answered otherwise, or whose case was merged, before its time was up has nothing to keep.
    SELECT call.ticket, 'call', call.version::text,
        CASE WHEN heard.reported THEN ARRAY['called_in', 'reported_in'] ELSE ARRAY['called_in'] END,
        false, runs.due, runs.due, 'infinity', NULL, call.unit
    FROM joint AS call
    CROSS JOIN LATERAL (
        -- By when it is to report in, as counted last for this very call.
        SELECT coalesce((
            SELECT moved.due FROM joint AS moved
            WHERE moved.ticket = call.ticket AND moved.unit = call.unit AND moved.version > call.version
                AND moved.event = 'DeadlineRecomputed'
                AND NOT EXISTS (
                    SELECT FROM joint AS again
                    WHERE again.ticket = call.ticket AND again.unit = call.unit
                        AND again.event IN ('WhistleBlown', 'JointTaskInsisted')
                        AND again.version > call.version AND again.version < moved.version)
            ORDER BY moved.version DESC LIMIT 1), call.due) AS due
    ) AS runs
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(event = 'UnitReportedIn' AND unit = call.unit), false) AS reported,
            coalesce(bool_or(event <> 'UnitReportedIn'), false) AS ended
        FROM joint
        WHERE joint.ticket = call.ticket AND joint.version > call.version AND joint.at <= runs.due
            AND (event = 'CaseMerged' OR unit = call.unit
                AND event IN ('UnitReportedIn', 'JointTaskDeclined', 'JointTaskReleased', 'JointTaskTakenOver'))
    ) AS heard
    WHERE call.event IN ('WhistleBlown', 'JointTaskInsisted') AND call.due IS NOT NULL
        AND (heard.reported OR NOT heard.ended)
    UNION ALL
    SELECT ticket, 'follow_up', subject,
        CASE WHEN done_at <= due THEN ARRAY['follow_up_due', 'follow_up_kept'] ELSE ARRAY['follow_up_due'] END,
        false, due, due, 'infinity', NULL, unit
    FROM follow_ups
    WHERE due IS NOT NULL AND NOT coalesce(cancelled_at < due AND done_at IS NULL, false)
), categories AS MATERIALIZED (
    -- What counted as another category for a time; nearly every case has one from the first on.
    SELECT told.*
    FROM (
        SELECT DISTINCT ticket
        FROM known
        JOIN matter USING (ticket)
        WHERE event = 'CaseCategorised' AND at > opened_at
    ) AS categorised
    CROSS JOIN LATERAL (SELECT * FROM reporting_figures.stretches
        WHERE stretches.ticket = categorised.ticket OFFSET 0) AS told
), matters AS (
    SELECT ticket, place, area, channel, urgency, coalesce(suffix, '') AS suffix,
        CASE WHEN since IS NULL THEN matter.category ELSE categories.category END AS category,
        coalesce(since, '-infinity') AS since, coalesce(until, 'infinity') AS until
    FROM matter
    LEFT JOIN categories USING (ticket)
), dated AS (
    -- What counts is told once for each category that its case had meanwhile: a period that is over is not rewritten.
    SELECT ticket, fact, key || suffix AS key, parts, standing, at, greatest(found.since, matters.since) AS since,
        least(found.until, matters.until) AS until, minutes, unit, place, area, category, channel, urgency
    FROM found
    JOIN matters USING (ticket)
    WHERE greatest(found.since, matters.since) < least(found.until, matters.until)
), arrivals AS (
    SELECT ticket, place, opened_at AS at
    FROM matter
    WHERE place IS NOT NULL AND NOT split_off
), neighbours AS (
    -- Of the reports that were there before, those next to the batch's.
    SELECT DISTINCT near.ticket, near.place, near.at
    FROM arrivals
    CROSS JOIN LATERAL (
        (SELECT before.ticket, before.place, before.at
        FROM reporting_figures.facts AS before
        WHERE before.fact = 'received' AND before.place = arrivals.place AND NOT 'split_off' = ANY (before.parts)
            AND (before.at, before.ticket) < (arrivals.at, arrivals.ticket)
        ORDER BY before.at DESC, before.ticket DESC
        LIMIT 1)
        UNION ALL
        (SELECT next.ticket, next.place, next.at
        FROM reporting_figures.facts AS next
        WHERE next.fact = 'received' AND next.place = arrivals.place AND NOT 'split_off' = ANY (next.parts)
            AND (next.at, next.ticket) > (arrivals.at, arrivals.ticket)
        ORDER BY next.at, next.ticket
        LIMIT 1)
    ) AS near
    WHERE NOT EXISTS (SELECT FROM touched WHERE touched.ticket = near.ticket)
), in_order AS (
    SELECT ticket, arrived, at,
        lag(at) OVER (PARTITION BY place ORDER BY at, ticket) AS before,
        coalesce(lag(arrived) OVER (PARTITION BY place ORDER BY at, ticket), false) AS after_arrival
    FROM (
        SELECT ticket, place, at, true AS arrived FROM arrivals
        UNION ALL
        SELECT ticket, place, at, false FROM neighbours
    ) AS near
), repeats AS (
    -- A report within 30 days of another from the same place; what was split off one is no report of its own. Of those
    -- that were there before, the ones that now come after another than before.
    SELECT ticket, arrived, at
    FROM in_order
    WHERE at - before <= interval '30 days' AND (arrived OR after_arrival)
), sent AS (
    -- What became of each message that a provider was asked to send for good.
    SELECT DISTINCT ON (messages.notification) messages.ticket, messages.notification, messages.at
    FROM touched
    JOIN reporting_figures.messages ON messages.ticket = touched.ticket
    WHERE messages.outcome IN ('accepted', 'refused', 'unknown')
    ORDER BY messages.notification, messages.version
), receipts AS (
    SELECT messages.notification, min(messages.at) AS at
    FROM sent
    JOIN reporting_figures.messages USING (notification)
    WHERE messages.outcome = 'delivered'
    GROUP BY messages.notification
), counted AS (
    SELECT * FROM dated
    UNION ALL
    SELECT ticket, 'repeat_report', suffix, ARRAY['repeat_reports'], false, at, greatest(at, since), until, NULL,
        assigned_unit, place, area, category, channel, urgency
    FROM repeats
    JOIN matters USING (ticket)
    JOIN firsts USING (ticket)
    UNION ALL
    SELECT repeats.ticket, 'repeat_report', reported.key, ARRAY['repeat_reports'], false, repeats.at, reported.since,
        reported.until, NULL, reported.unit, reported.place, reported.area, reported.category, reported.channel,
        reported.urgency
    FROM repeats
    JOIN reporting_figures.facts AS reported ON reported.ticket = repeats.ticket AND reported.fact = 'received'
    WHERE NOT repeats.arrived
    UNION ALL
    SELECT told.ticket, told.fact, told.notification || coalesce(categories.suffix, ''), told.parts, false, told.at,
        greatest(told.since, categories.since), coalesce(categories.until, 'infinity'), NULL, NULL, cases.place,
        cases.area,
        CASE WHEN categories.ticket IS NULL THEN coalesce(cases.category, cases.reported_category)
            ELSE categories.category END, cases.channel, cases.urgency
    FROM (
        SELECT ticket, 'message' AS fact, notification, ARRAY['messages_sent'] AS parts, at, at AS since
        FROM sent
        UNION ALL
        SELECT sent.ticket, 'message_delivered', notification, ARRAY['messages_delivered'], sent.at,
            greatest(sent.at, receipts.at)
        FROM sent
        JOIN receipts USING (notification)
    ) AS told
    JOIN reporting_figures.cases ON cases.ticket = told.ticket
    LEFT JOIN categories ON categories.ticket = told.ticket
    WHERE categories.ticket IS NULL OR told.since < categories.until
), was AS (
    SELECT told.*
    FROM touched
    -- By each ticket's own rows, however many there are of all: nothing here tells a planner how few are touched.
    CROSS JOIN LATERAL (SELECT facts.ctid AS spot, facts.* FROM reporting_figures.facts
        WHERE facts.ticket = touched.ticket OFFSET 0) AS told
    UNION ALL
    SELECT told.*
    FROM repeats
    CROSS JOIN LATERAL (SELECT facts.ctid AS spot, facts.* FROM reporting_figures.facts
        WHERE facts.ticket = repeats.ticket AND facts.fact = 'repeat_report' OFFSET 0) AS told
    WHERE NOT repeats.arrived
), changed AS (
    SELECT was.spot, was AS went, counted AS came
    FROM was
    FULL JOIN counted ON counted.ticket = was.ticket AND counted.fact = was.fact AND counted.key = was.key
    WHERE (was.parts, was.at, was.since, was.until, was.minutes, was.unit, was.place, was.area, was.category, was.channel,
            was.urgency)
        IS DISTINCT FROM (counted.parts, counted.at, counted.since, counted.until, counted.minutes, counted.unit,
            counted.place, counted.area, counted.category, counted.channel, counted.urgency)
), gone AS (
    DELETE FROM reporting_figures.facts
    USING changed
    WHERE facts.ctid = changed.spot AND (changed.came).ticket IS NULL
), written AS (
    INSERT INTO reporting_figures.facts
    SELECT (came).*
    FROM changed
    WHERE (came).ticket IS NOT NULL
    ON CONFLICT (ticket, fact, key) DO UPDATE SET
        parts = excluded.parts, at = excluded.at, since = excluded.since, until = excluded.until,
        minutes = excluded.minutes, unit = excluded.unit, place = excluded.place, area = excluded.area,
        category = excluded.category, channel = excluded.channel, urgency = excluded.urgency
)
INSERT INTO reporting_figures.unsummed (facts, parts, standing, at, since, until, unit, place, area, category, channel,
    urgency, ticket, fact_key, minutes)
SELECT 1, (came).parts, (came).standing, (came).at, (came).since, (came).until, (came).unit, (came).place, (came).area,
    (came).category, (came).channel, (came).urgency, (came).ticket, (came).key, (came).minutes
FROM changed
WHERE (came).ticket IS NOT NULL
UNION ALL
SELECT -1, (went).parts, (went).standing, (went).at, (went).since, (went).until, (went).unit, (went).place, (went).area,
    (went).category, (went).channel, (went).urgency, (went).ticket, (went).key, (went).minutes
FROM changed
WHERE spot IS NOT NULL;
