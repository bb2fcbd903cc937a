-- Of the units that see a case without having it, those that the ladder told, or a return: these may verify it too.
SET LOCAL lock_timeout = '5s';
ALTER TABLE told ADD COLUMN by_ladder boolean NOT NULL DEFAULT false;
GRANT UPDATE ON told TO {role};
