-- Until when a case's resolve clock stands still, for the inbox: it shows that in the place of a deadline.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN suspended_until timestamptz;
-- People name a case by its number.
CREATE INDEX cases_by_number ON cases (number);
