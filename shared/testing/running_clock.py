"""A clock for whole platforms: it begins at a moment of the test's choice, runs as time does, and can be moved on."""

import time
from datetime import UTC, datetime, timedelta


class RunningClock:
    """A platform that stands still would never poll; one at the machine's time has another duty rota every night."""

    def __init__(self, begins_at: datetime) -> None:
        self._begins_at = begins_at.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._begins_at + timedelta(seconds=time.monotonic() - self._began)

    def advance(self, by: timedelta) -> None:
        """Move it on."""
        self._begins_at += by
