-- As what a case was categorised, and when: a period that is over is told by the categories that cases had at its end.
ALTER TABLE reporting_figures.phases ADD COLUMN category text;
-- By which event what a case is about was said last.
ALTER TABLE reporting_figures.cases ADD COLUMN matter_version int;
CREATE INDEX phases_categorised ON reporting_figures.phases (ticket) WHERE event = 'CaseCategorised';

-- Of each ticket whose category changed, as what it counted, from when until when: a row for each category. The first is
-- what it was reported as; one that was known when it was reported is the first. `suffix` tells apart the rows of the
-- figures that are made for each, none for the category that the case has now.
CREATE VIEW reporting_figures.stretches AS
SELECT ticket, CASE WHEN until = 'infinity' THEN '' ELSE '@' || version END AS suffix,
    CASE WHEN until = 'infinity' THEN category_now ELSE category END AS category,
    CASE WHEN since = opened_at THEN '-infinity' ELSE since END AS since, until
FROM (
    SELECT ticket, opened_at, category_now, version, category, since,
        lead(since, 1, 'infinity') OVER (PARTITION BY ticket ORDER BY version) AS until
    FROM (
        SELECT cases.ticket, cases.opened_at, coalesce(cases.category, cases.reported_category) AS category_now,
            0 AS version, cases.reported_category AS category, cases.opened_at AS since
        FROM reporting_figures.cases
        WHERE cases.opened_at IS NOT NULL
            AND cases.ticket IN (SELECT ticket FROM reporting_figures.phases WHERE event = 'CaseCategorised')
        UNION ALL
        SELECT ticket, opened_at, category_now, version, category, since
        FROM (
            -- What was dated before what had to come first counts from that on.
            SELECT phases.ticket, cases.opened_at, coalesce(cases.category, cases.reported_category) AS category_now,
                phases.version, phases.event, phases.category,
                greatest(cases.opened_at, max(phases.at) OVER (PARTITION BY phases.ticket ORDER BY phases.version))
                    AS since
            FROM reporting_figures.phases
            JOIN reporting_figures.cases ON cases.ticket = phases.ticket
            WHERE cases.opened_at IS NOT NULL
                AND phases.ticket IN (SELECT ticket FROM reporting_figures.phases WHERE event = 'CaseCategorised')
        ) AS dated
        WHERE event = 'CaseCategorised'
    ) AS begun
) AS lasting
WHERE since < until;

ALTER VIEW reporting_figures.stretches OWNER TO {role};
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yima_grafana') THEN
        GRANT SELECT ON reporting_figures.stretches TO yima_grafana;
    END IF;
END $$;
