-- What came before a report at its place, or of its category in its area: rules ask for it at each opening.
SET LOCAL lock_timeout = '5s';
CREATE INDEX cases_by_place ON cases (place, opened_at);
CREATE INDEX cases_by_category ON cases (area, category, opened_at);
