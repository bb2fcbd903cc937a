-- Who accepted each case for the first time, and when it was reported: of the very facts that stand behind the figure. One
-- that is dated before its report was put at the report's own moment, and says nothing.
CREATE OR REPLACE VIEW reporting_figures.first_acceptances AS
SELECT facts.ticket, facts.unit, facts.at - facts.minutes * interval '1 minute' AS opened_at, facts.at, facts.place,
    facts.area, facts.category, facts.channel, facts.urgency
FROM reporting_figures.facts
WHERE facts.fact = 'stage' AND NOT facts.standing AND facts.parts = '{stage_accept}'
    AND (facts.minutes > 0 OR NOT EXISTS (
        SELECT FROM reporting_figures.phases
        WHERE phases.ticket = facts.ticket AND phases.version = facts.key::int AND phases.at < facts.at));
