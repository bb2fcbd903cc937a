"""The four services, the command line, and all of them composed in one process."""
