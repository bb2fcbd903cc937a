-- Who was asked after a closing is found by the ticket; a rebuild makes this when its rows are in.
CREATE INDEX messages_asking ON reporting_figures.messages (ticket)
    WHERE event = 'NotificationQueued' AND template = 'case_closed';
