"""What becomes of a message; pure."""
