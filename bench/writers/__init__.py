"""Programs that write events as fast as they can, each in a process of its own."""
