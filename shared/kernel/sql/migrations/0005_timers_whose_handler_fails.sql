-- The timers whose handler fails, which are looked for each second among those of all open cases. Run before a deploy.
CREATE INDEX timers_failing ON timers (kind) WHERE attempts > 0;
