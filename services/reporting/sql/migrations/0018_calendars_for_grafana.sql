-- By which hours each unit works: a first response is told in its working time.
CREATE VIEW reporting_views.calendars AS
SELECT id, body -> 'hours' AS hours, body -> 'days_off' AS days_off, body -> 'make_up_workdays' AS make_up_workdays
FROM {schema}.directory
WHERE kind = 'calendar';

CREATE VIEW reporting_views.unit_calendars AS
SELECT units.id AS unit, calendars.id AS calendar
FROM {schema}.directory AS units
JOIN {schema}.directory AS calendars ON calendars.kind = 'calendar' AND calendars.id = units.body ->> 'calendar'
WHERE units.kind = 'unit';

ALTER VIEW reporting_views.calendars OWNER TO {role};
ALTER VIEW reporting_views.unit_calendars OWNER TO {role};
GRANT SELECT ON reporting_views.calendars, reporting_views.unit_calendars TO yima_grafana;
