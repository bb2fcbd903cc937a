-- By which of its own subjects and sessions an identity provider knows a session, as hashes, so that it can end it.
SET LOCAL lock_timeout = '5s';
ALTER TABLE sessions ADD COLUMN provider_subject bytea, ADD COLUMN provider_session bytea;
