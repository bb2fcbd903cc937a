"""What staff see: signing in, the inbox by deadline, and the case with its way and what can be done with it."""
