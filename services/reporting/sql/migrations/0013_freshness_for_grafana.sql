-- How fresh the figures are, as they say themselves (`newest_event`): of what was received a dashboard reads no more.
CREATE VIEW reporting_views.freshness AS
SELECT max(occurred_at) AS newest_event_at
FROM (SELECT occurred_at FROM {schema}.received ORDER BY position DESC LIMIT 100) AS last;

ALTER VIEW reporting_views.freshness OWNER TO {role};
GRANT SELECT ON reporting_views.freshness TO yima_grafana;
