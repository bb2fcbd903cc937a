"""The `yima` command: starts, stops and asks the platform. Only it and `services.composed` know all four services."""

from services.cli.app import app, main

__all__ = ["app", "main"]
