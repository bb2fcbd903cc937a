"""Real PostgreSQL and real Kafka for one machine, started from the packages that carry them."""
