-- What dashboards count from; a rebuild lets them read the new tables as it did the old. Of what was said of a case or
-- a person there is nothing in these.
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        GRANT USAGE ON SCHEMA reporting_figures TO yima_grafana;
        GRANT SELECT ON reporting_figures.cases, reporting_figures.facts, reporting_figures.messages TO yima_grafana;
    END IF;
END $$;
