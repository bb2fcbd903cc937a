-- How long a stage took is told from the index alone: by its part, in the order of time.
CREATE INDEX facts_of_stage ON reporting_figures.facts (parts, at) INCLUDE (minutes, since, until, unit)
    WHERE fact = 'stage' AND NOT standing;

-- Dashboards tell by the sums where they can; by area only while every place lies where its facts say.
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        GRANT SELECT ON reporting_figures.spots TO yima_grafana;
    END IF;
END $$;
