-- How long a stage took is told from the index alone: by its part, in the order of time.
CREATE INDEX facts_of_stage ON reporting_figures.facts (parts, at) INCLUDE (minutes, since, until, unit)
    WHERE fact = 'stage' AND NOT standing;

-- Who accepted each case for the first time, and when it was reported.
CREATE VIEW reporting_figures.first_acceptances AS
SELECT accepted.ticket, accepted.unit, cases.opened_at, accepted.at, cases.place, cases.area,
    coalesce(cases.category, cases.reported_category) AS category
FROM reporting_figures.phases AS accepted
JOIN reporting_figures.cases ON cases.ticket = accepted.ticket
WHERE accepted.event = 'CaseAccepted' AND cases.opened_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM reporting_figures.phases AS earlier
        WHERE earlier.ticket = accepted.ticket AND earlier.event = 'CaseAccepted' AND earlier.version < accepted.version
    );
ALTER VIEW reporting_figures.first_acceptances OWNER TO {role};

-- Dashboards tell by the sums where they can; by area only while every place lies where its facts say.
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        GRANT SELECT ON reporting_figures.spots, reporting_figures.first_acceptances TO yima_grafana;
    END IF;
END $$;
