-- How the figures' tables are found in; a rebuild makes these when its rows are in.
CREATE INDEX cases_changed ON reporting_figures.cases (changed_at);
CREATE INDEX cases_open ON reporting_figures.cases (opened_at) WHERE closed_version <= reopened_version;
CREATE UNIQUE INDEX phases_of_case ON reporting_figures.phases (ticket, version);
CREATE INDEX phases_accepted ON reporting_figures.phases (at) WHERE event = 'CaseAccepted';
CREATE UNIQUE INDEX ratings_of_case ON reporting_figures.ratings (ticket, version);
CREATE UNIQUE INDEX messages_by_notification ON reporting_figures.messages (notification, version);
CREATE INDEX messages_at ON reporting_figures.messages (at);
