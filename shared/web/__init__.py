"""The look: what residents and staff see, in their language, with or without JavaScript."""
