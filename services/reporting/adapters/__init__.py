"""What writes the circular and lists to files."""
