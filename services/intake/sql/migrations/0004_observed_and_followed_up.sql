-- Until when what was done must prove right, and when somebody comes back to see that it lasts, for the reporter.
SET LOCAL lock_timeout = '5s';
ALTER TABLE ticket_steps ADD COLUMN observed_until timestamptz, ADD COLUMN follow_up_at timestamptz;
