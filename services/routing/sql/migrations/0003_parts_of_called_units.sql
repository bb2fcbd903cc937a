-- Who was called to a case and how far its task has come: the inbox shows a called unit its own deadline, not the lead's.
SET LOCAL lock_timeout = '5s';
CREATE TABLE parts (
    case_id uuid NOT NULL,
    unit text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('called', 'reported_in', 'declined', 'done', 'released', 'taken_over')),
    report_by timestamptz,
    PRIMARY KEY (unit, case_id)
);
INSERT INTO parts (case_id, unit, state, report_by)
SELECT DISTINCT ON (case_id, unit) case_id, unit, state, report_by
FROM (
    SELECT (data ->> 'case_id')::uuid AS case_id, data ->> 'unit' AS unit, (data ->> 'report_by')::timestamptz AS report_by,
        position,
        CASE type
            WHEN 'yima.routing.WhistleBlown' THEN 'called'
            WHEN 'yima.routing.JointTaskInsisted' THEN 'called'
            WHEN 'yima.routing.UnitReportedIn' THEN 'reported_in'
            WHEN 'yima.routing.JointTaskDeclined' THEN 'declined'
            WHEN 'yima.routing.JointTaskDone' THEN 'done'
            WHEN 'yima.routing.JointTaskReleased' THEN 'released'
            WHEN 'yima.routing.JointTaskTakenOver' THEN 'taken_over'
        END AS state
    FROM events
) AS joint
WHERE state IS NOT NULL
ORDER BY case_id, unit, position DESC;
-- Called units stood among the told, which has no end: who was told for no other reason stands in parts alone.
DELETE FROM told
USING parts
WHERE told.unit = parts.unit AND told.case_id = parts.case_id
    AND NOT EXISTS (
        SELECT FROM events
        WHERE stream = 'case-' || told.case_id AND data ->> 'to_unit' = told.unit
            AND type IN ('yima.routing.CaseEscalated', 'yima.routing.JointTaskDeclined')
    );
GRANT SELECT, INSERT, UPDATE ON parts TO {role};
