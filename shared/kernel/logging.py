"""Structured logs: JSON lines with a correlation id, and nothing personal."""

import logging
import sys
from typing import TextIO, cast

import structlog

from shared.kernel import metrics


class _Sink:
    """Where lines go: standard error as it is then, which may have been replaced since the process began.

    On a full disk the lines are lost, and nothing of the work that they tell of.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        stream = self._stream or sys.stderr
        try:
            stream.write(line)
            stream.flush()
        except OSError:
            metrics.LOG_LINES_LOST.inc()
        return len(line)

    def flush(self) -> None:
        """Each line is flushed when it is written."""


def configure(*, level: str = "INFO", pretty: bool = False, to: TextIO | None = None) -> None:
    """Set up logging for the process, once. It goes to the error stream: the other is for results."""
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    numeric = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Sink(to))),
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
    )
    logging.basicConfig(level=max(numeric, logging.WARNING))
    # A broker that is away is said once by the loop that needs it; the client says it twenty times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def remember_loggers() -> None:
    """For a process that serves: its loggers are set up for good, which makes each line cheaper."""
    structlog.configure(cache_logger_on_first_use=True)
