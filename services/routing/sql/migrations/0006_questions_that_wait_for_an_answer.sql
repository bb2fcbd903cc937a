-- What waits for an answer, and whose: an extension or a suspension that a unit asked for, or its refusal of a joint task.
SET LOCAL lock_timeout = '5s';
CREATE TABLE questions (
    case_id uuid NOT NULL,
    asked_by text NOT NULL,
    about text NOT NULL,
    unit text,
    answer_by timestamptz,
    PRIMARY KEY (case_id, asked_by)
);
COMMENT ON COLUMN questions.unit IS 'Who is to answer; none where no grid stands above, and any may.';
CREATE INDEX questions_by_unit ON questions (unit, answer_by);
INSERT INTO questions (case_id, asked_by, about, unit)
SELECT case_id, asked_by, about, unit
FROM (
    SELECT DISTINCT ON (case_id, asked_by) case_id, asked_by, about, unit
    FROM (
        SELECT (data ->> 'case_id')::uuid AS case_id, coalesce(data ->> 'unit', data ->> 'from_unit') AS asked_by,
            data ->> 'to_unit' AS unit, position,
            CASE type
                WHEN 'yima.routing.ExtensionAsked' THEN 'extension'
                WHEN 'yima.routing.SuspensionAsked' THEN 'suspension'
                WHEN 'yima.routing.JointTaskDeclined' THEN 'task'
            END AS about
        FROM events
        WHERE type IN ('yima.routing.ExtensionAsked', 'yima.routing.ExtensionGranted', 'yima.routing.ExtensionRefused',
            'yima.routing.SuspensionAsked', 'yima.routing.SuspensionGranted', 'yima.routing.SuspensionRefused',
            'yima.routing.CaseReturned', 'yima.routing.CaseTransferred', 'yima.routing.CaseResolved',
            'yima.routing.JointTaskDeclined', 'yima.routing.JointTaskReleased', 'yima.routing.JointTaskInsisted',
            'yima.routing.JointTaskTakenOver')
    ) AS told
    WHERE asked_by IS NOT NULL
    ORDER BY case_id, asked_by, position DESC
) AS last
WHERE about IS NOT NULL;
-- A called unit that is given the job ends its task so.
ALTER TABLE parts DROP CONSTRAINT parts_state_check;
ALTER TABLE parts ADD CONSTRAINT parts_state_check
    CHECK (state IN ('called', 'reported_in', 'declined', 'done', 'released', 'taken_over', 'made_lead')) NOT VALID;
GRANT SELECT, INSERT, UPDATE, DELETE ON questions TO {role};
