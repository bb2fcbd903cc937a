"""The desk for machines: a member of staff's programs read cases and act on them under that member's session."""
