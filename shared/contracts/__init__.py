"""What the services say to each other: events by publisher, and nothing else they share of the field."""
