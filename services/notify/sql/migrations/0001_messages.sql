-- Every message as it stands now. Nothing personal: phones and words stay sealed in the events.
CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    audience text NOT NULL,
    template text NOT NULL,
    state text NOT NULL,
    reason text,
    attempts int NOT NULL DEFAULT 0,
    provider_message_id text,
    code text,
    -- The keys that must have come before the message can be opened: person and version.
    keys_needed jsonb NOT NULL DEFAULT '[]',
    queued_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    due_at timestamptz,
    held_until timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX notifications_ticket ON notifications (ticket_id);
CREATE INDEX notifications_due ON notifications (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notifications_held ON notifications (held_until) WHERE held_until IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON notifications TO {role};

-- What the sandbox took, as a phone would show it; phone and text sealed under the recipient's key.
CREATE TABLE sandbox_messages (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notification_id uuid NOT NULL,
    recipient jsonb NOT NULL,
    text jsonb NOT NULL,
    segments int NOT NULL,
    accepted_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON sandbox_messages TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
