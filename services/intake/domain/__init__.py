"""What a ticket is and may become, decided without any I/O."""
