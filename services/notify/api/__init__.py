"""JSON about messages, for operators and for the provider."""
