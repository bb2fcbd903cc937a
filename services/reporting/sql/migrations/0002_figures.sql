-- What the figures are counted from, in a schema of its own that a rebuild makes anew from this very file.
-- Facts are inserted and never changed, so that a past period's figures stay as they were when it ended.
CREATE SCHEMA reporting_figures AUTHORIZATION {role};

-- One row a ticket. Intake's and routing's news come in any order: each fills its own columns.
CREATE TABLE reporting_figures.cases (
    ticket uuid PRIMARY KEY,
    opened_at timestamptz,
    channel text,
    imported boolean,
    reported_category text,
    place text,
    area text,
    category text,
    urgency text,
    closed_version int NOT NULL DEFAULT 0,
    reopened_version int NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 70);

-- Each event of a case that a figure counts. `resolve_by` is what the event promised; null means no SLA.
CREATE TABLE reporting_figures.phases (
    ticket uuid NOT NULL,
    version int NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    unit text,
    history boolean NOT NULL,
    resolve_by timestamptz,
    in_time boolean
);

-- What reporters said at the visit back.
CREATE TABLE reporting_figures.ratings (
    ticket uuid NOT NULL,
    version int NOT NULL,
    at timestamptz NOT NULL,
    rating text NOT NULL
);

-- What became of each message.
CREATE TABLE reporting_figures.messages (
    notification uuid NOT NULL,
    version int NOT NULL,
    ticket uuid NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    audience text,
    template text,
    reason text
);

ALTER TABLE reporting_figures.cases OWNER TO {role};
ALTER TABLE reporting_figures.phases OWNER TO {role};
ALTER TABLE reporting_figures.ratings OWNER TO {role};
ALTER TABLE reporting_figures.messages OWNER TO {role};
