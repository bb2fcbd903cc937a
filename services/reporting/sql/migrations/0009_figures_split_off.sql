-- A ticket that was split off another is no report that came again.
ALTER TABLE reporting_figures.cases ADD COLUMN split_off boolean;
