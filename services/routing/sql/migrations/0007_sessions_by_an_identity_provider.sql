-- Whom an identity provider let in needs no password, and so no local account.
SET LOCAL lock_timeout = '5s';
ALTER TABLE sessions ADD COLUMN by_provider boolean NOT NULL DEFAULT false;
ALTER TABLE sessions DROP CONSTRAINT sessions_person_fkey;
