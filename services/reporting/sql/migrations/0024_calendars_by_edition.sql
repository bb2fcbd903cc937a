-- How often the calendars were copied, so that tables that are rebuilt or put back tell by which of them they were counted.
ALTER TABLE working_time_seen ADD COLUMN calendars_edition bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW reporting_views.working_time AS
SELECT true AS is_known, calendars_edition
FROM {schema}.working_time_seen
JOIN {schema}.directory_changes USING (changes);
