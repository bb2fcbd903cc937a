"""What every test may ask for."""

pytest_plugins = ["shared.testing.servers"]
