-- What became of a ticket's messages, and which tickets are of a place: facts tell of both.
CREATE INDEX messages_of_ticket ON reporting_figures.messages (ticket);
CREATE INDEX cases_of_place ON reporting_figures.cases (place);
