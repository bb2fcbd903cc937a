"""What the sandbox shows: every message that would have gone to a phone."""
