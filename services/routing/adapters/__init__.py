"""Where routing meets the world outside: the district file on the disk."""
