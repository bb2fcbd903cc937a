-- Which rule gave each case its unit, when it was reported: how often each leads is counted by day, not by the log. What
-- the code before this one opens meanwhile is not counted.
SET LOCAL lock_timeout = '5s';
CREATE TABLE rule_hits (
    at timestamptz NOT NULL,
    rule text NOT NULL
);
INSERT INTO rule_hits (at, rule)
SELECT occurred_at, data #>> '{trace,rule}' FROM events
WHERE type = 'yima.routing.CaseAssigned' AND version IN (2, 3) AND data #>> '{trace,rule}' NOT IN ('staff', 'history');
CREATE INDEX rule_hits_by_time ON rule_hits (at, rule);
GRANT SELECT, INSERT ON rule_hits TO {role};
