"""The outside world of messages: providers, and the words."""
