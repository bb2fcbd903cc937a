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
    UNION ALL
    SELECT facts.fact, facts.ticket, facts.key, facts.parts, facts.since, facts.minutes,
        facts.unit, facts.place, facts.area, facts.category, facts.channel, facts.urgency
    FROM reporting_figures.facts
    WHERE facts.standing AND tstzrange(facts.since, facts.until, '(]') @> behind.ends
    UNION ALL
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
    WHERE sent.outcome IN ('accepted', 'refused', 'unknown') AND sent.at >= behind.starts AND sent.at < behind.ends
        AND NOT EXISTS (
            SELECT FROM reporting_figures.messages AS earlier
            WHERE earlier.notification = sent.notification AND earlier.version < sent.version
                AND earlier.outcome IN ('accepted', 'refused', 'unknown')
        );
END;
