-- Who draws dashboards: a role that reads these views and the figures' rows (0012), and nothing else. Where roles are
-- made beforehand, with their passwords, it is there. Names and places stand here, and nobody's.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        CREATE ROLE yima_grafana NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    -- Roles are shared by all databases of a server: another migration was first.
    NULL;
END $$;
-- Whoever may make temporary tables writes after all.
DO $$ BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Views go with the tables that they show; the schema stays where the tables are made anew.
CREATE SCHEMA IF NOT EXISTS reporting_views AUTHORIZATION {role};

CREATE VIEW reporting_views.areas AS
SELECT id, body #>> '{name,zh}' AS name, body ->> 'level' AS level, body ->> 'parent' AS parent,
    coalesce((body ->> 'retired')::boolean, false) AS retired
FROM {schema}.directory
WHERE kind = 'area';

CREATE VIEW reporting_views.categories AS
SELECT id, body #>> '{name,zh}' AS name, coalesce((body ->> 'retired')::boolean, false) AS retired
FROM {schema}.directory
WHERE kind = 'category';

CREATE VIEW reporting_views.units AS
SELECT id, body #>> '{name,zh}' AS name, body ->> 'area' AS area, coalesce((body ->> 'retired')::boolean, false) AS retired
FROM {schema}.directory
WHERE kind = 'unit';

CREATE VIEW reporting_views.places AS
SELECT id, body #>> '{name,zh}' AS name, body ->> 'area' AS area, coalesce((body ->> 'retired')::boolean, false) AS retired
FROM {schema}.directory
WHERE kind = 'place';

-- Every area that an area or a place lies in, itself and the district too.
CREATE VIEW reporting_views.lies_in AS
SELECT kind, id, jsonb_array_elements_text(body -> 'path') AS area
FROM {schema}.directory
WHERE kind IN ('area', 'place');

ALTER VIEW reporting_views.areas OWNER TO {role};
ALTER VIEW reporting_views.categories OWNER TO {role};
ALTER VIEW reporting_views.units OWNER TO {role};
ALTER VIEW reporting_views.places OWNER TO {role};
ALTER VIEW reporting_views.lies_in OWNER TO {role};
GRANT USAGE ON SCHEMA reporting_views TO yima_grafana;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting_views TO yima_grafana;
