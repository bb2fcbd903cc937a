"""What the four services are built on, and nothing of the field: a log that loses nothing, its ways in and out."""
