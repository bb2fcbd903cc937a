-- How many of a rebuild's last steps are done, each a transaction of its own. `indexed`, which told of one step, is read
-- no more and goes a release later. Run before a deploy.
ALTER TABLE rebuilds ADD COLUMN steps_done int NOT NULL DEFAULT 0;
