-- A follow-up can end because the trouble is back.
SET LOCAL lock_timeout = '5s';
ALTER TABLE follow_ups DROP CONSTRAINT follow_ups_state_check;
ALTER TABLE follow_ups ADD CONSTRAINT follow_ups_state_check
    CHECK (state IN ('planned', 'due', 'done', 'recurred', 'missed', 'cancelled')) NOT VALID;
