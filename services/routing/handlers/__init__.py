"""What routing does when it is asked: load, decide, append; one function a command."""

from services.routing.handlers.service import CASE, Routing, Rulebooks

__all__ = ["CASE", "Routing", "Rulebooks"]
