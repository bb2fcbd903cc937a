-- Who did the work that waits to be verified: it waits for anybody else.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN resolved_by text;
