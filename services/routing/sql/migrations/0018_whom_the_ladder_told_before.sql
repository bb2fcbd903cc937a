-- Whom the ladder, or a return, told before there was a column for it, out of the streams of the cases that are not
-- closed. Whom the code before this one tells meanwhile counts as one who was only asked, whom done work waits not for.
SET LOCAL lock_timeout = '5s';
INSERT INTO told AS known (unit, case_id, by_ladder)
SELECT DISTINCT data ->> 'to_unit', cases.id, true
FROM cases JOIN events ON stream = 'case-' || cases.id
WHERE cases.status <> 'closed' AND data ->> 'to_unit' IS NOT NULL
    AND (type = 'yima.routing.CaseReturned'
        OR type = 'yima.routing.CaseEscalated' AND data ->> 'clock' IN ('accept', 'resolve', 'verify'))
ON CONFLICT (unit, case_id) DO UPDATE SET by_ladder = true WHERE NOT known.by_ladder;
