-- A change of the rota finds at once the messages that nobody could be told of.
SET LOCAL lock_timeout = '5s';
CREATE INDEX notifications_postponed ON notifications (id) WHERE state = 'postponed';
