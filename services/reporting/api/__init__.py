"""What machines may ask of reporting."""
