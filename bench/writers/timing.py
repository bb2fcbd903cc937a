"""What a writer program tells of itself."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.results import Latencies


def told() -> dict[str, Any]:
    """What the program was told to do."""
    asked: dict[str, Any] = json.load(sys.stdin)
    return asked


def tell(*, durations: Sequence[float], seconds: float, in_log: int) -> None:
    """Say what was done, after holding it against the log.

    Raises:
        ValueError: the log has another number of events than were answered for.
    """
    if in_log != len(durations):
        message = f"{in_log} events in the log, {len(durations)} answered"
        raise ValueError(message)
    json.dump({"appended": in_log, "seconds": seconds, "latencies": asdict(Latencies.of(durations))}, sys.stdout)
