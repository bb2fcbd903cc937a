-- Sums of the facts by day and by month: a long period is told from a few of them, and from the changes that are not in
-- them yet. A row sums what counts from `moment` on (in `at`'s day or month, both of Asia/Shanghai), less what no longer does;
-- `at` of what stands (open, overdue) is -infinity. `facts` says of how many facts it tells: a row that tells of none does not count.
CREATE TABLE reporting_figures.sums (
    dimension text NOT NULL,
    grain text NOT NULL,
    at date NOT NULL,
    moment date NOT NULL,
    key text,
    facts int NOT NULL,
    received int NOT NULL, split_off int NOT NULL, merged int NOT NULL, handled int NOT NULL,
    reopened int NOT NULL, closed int NOT NULL, closed_in_time int NOT NULL, closed_without_sla int NOT NULL,
    reworked int NOT NULL, extended int NOT NULL, asked int NOT NULL, answered_when_asked int NOT NULL,
    rated int NOT NULL, satisfied int NOT NULL, escalations int NOT NULL, stage_accept int NOT NULL,
    stage_resolve int NOT NULL, stage_verify int NOT NULL, stage_close int NOT NULL, returned int NOT NULL,
    called_in int NOT NULL, reported_in int NOT NULL, follow_up_due int NOT NULL, follow_up_kept int NOT NULL,
    repeat_reports int NOT NULL, messages_sent int NOT NULL, messages_delivered int NOT NULL, open int NOT NULL,
    suspended int NOT NULL, overdue_open int NOT NULL, overdue_unhandled int NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX sums_cell ON reporting_figures.sums (dimension, grain, at, moment, key) NULLS NOT DISTINCT;
ALTER TABLE reporting_figures.sums OWNER TO {role};


-- What the sums do not tell yet: each fact that came (1) or went (-1) since they were brought up to date, which is done
-- for some thousand at once. A fact's change writes a row here, and none of the two dozen sums that it moves.
CREATE TABLE reporting_figures.unsummed (
    facts int NOT NULL,
    parts text[] NOT NULL,
    standing boolean NOT NULL,
    at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    unit text,
    place text,
    area text,
    category text,
    channel text,
    urgency text
);
ALTER TABLE reporting_figures.unsummed OWNER TO {role};

-- A row says that the sums, with what they do not tell yet, tell of every fact: until then figures are counted from these.
CREATE TABLE reporting_figures.summed (
    whole boolean NOT NULL
);
ALTER TABLE reporting_figures.summed OWNER TO {role};
-- Where there is no fact there is nothing to be summed.
INSERT INTO reporting_figures.summed SELECT true WHERE NOT EXISTS (SELECT FROM reporting_figures.facts);

-- In which area each place's facts say that it lies, and how many say so: the directory may know better.
CREATE TABLE reporting_figures.spots (
    place text NOT NULL,
    area text,
    facts int NOT NULL
);
CREATE UNIQUE INDEX spots_of_place ON reporting_figures.spots (place, area) NULLS NOT DISTINCT;
ALTER TABLE reporting_figures.spots OWNER TO {role};
