"""The `eventsourcing` library: new aggregates saved by threads, on PostgreSQL through psycopg's pool."""

import gc
import os
import threading
from time import perf_counter
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.writers import timing

BOX = "AAECAwQF" * 40


def _settings(dsn: str, writers: int) -> dict[str, str]:
    """The library is set by its environment; a connection for each thread, none beyond."""
    parts = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": str(parts["password"]),
        "POSTGRES_POOL_SIZE": str(writers),
        "POSTGRES_MAX_OVERFLOW": "0",
    }


def write(dsn: str, seconds: float, writers: int) -> dict[str, Any]:
    """Save until the time is over."""
    os.environ.update(_settings(dsn, writers))
    # Imported once its settings are in the environment.
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Report(Aggregate):
        @event("Opened")
        def __init__(self, number: str, place: str, channel: str, category: str, text: str, token: str) -> None:
            self.number, self.place, self.channel = number, place, channel
            self.category, self.text, self.token = category, text, token

    application: Any = Application()
    before = _in_log(application)
    durations: list[float] = []

    def save(ends: float) -> None:
        started = perf_counter()
        while started < ends:
            application.save(Report("482913057", "XMHYAPX7", "partner", "public-order", BOX, BOX[:96]))
            ended = perf_counter()
            durations.append(ended - started)
            started = ended

    began = perf_counter()
    threads = [threading.Thread(target=save, args=[began + seconds]) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    return {"durations": durations, "seconds": took, "in_log": _in_log(application) - before}


def _in_log(application: Any) -> int:
    return int(application.recorder.max_notification_id() or 0)


def main() -> None:
    """Do as told, and tell."""
    asked = timing.told()
    gc.freeze()
    timing.tell(**write(asked["dsn"], asked["seconds"], asked["writers"]))


if __name__ == "__main__":
    main()
