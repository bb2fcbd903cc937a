-- What else was reported of a place, for who takes down a call about it.
SET LOCAL lock_timeout = '5s';
CREATE INDEX tickets_by_place ON tickets (place, opened_at);
