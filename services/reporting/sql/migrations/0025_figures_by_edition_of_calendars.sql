-- By which copy of the calendars first responses were classed: by no other may one be added or taken back.
ALTER TABLE reporting_figures.timed ADD COLUMN calendars_edition bigint NOT NULL DEFAULT 0;
