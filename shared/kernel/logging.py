"""Structured logs: JSON lines with a correlation id, and nothing personal."""

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

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
    _configure(level, [_renderer(pretty=pretty)], _Sink(to))


def keep(file: TextIO, *, shown_from: str = "WARNING", pretty: bool = False) -> None:
    """Set up logging for a process that is watched: the file gets all of it, the error stream what is this grave."""
    shown = _Shown(logging.getLevelNamesMapping()[shown_from], _renderer(pretty=pretty))
    _configure("INFO", [shown, _renderer(pretty=False)], _Sink(file))
    libraries = logging.StreamHandler(file)
    libraries.setFormatter(_AsJson())
    logging.getLogger().addHandler(libraries)


class _AsJson(logging.Formatter):
    """A library's line as ours are, so that the file is one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        said = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower(), "at": at}
        raised = record.exc_info[0] if record.exc_info else None
        return json.dumps(said | ({"error": raised.__name__} if raised else {}), ensure_ascii=False)


class _Shown:
    """Writes to the error stream too what is grave enough."""

    def __init__(self, level: int, renderer: Processor) -> None:
        self._level = level
        self._renderer = renderer
        self._sink = _Sink(None)

    def __call__(self, logger: Any, method: str, event: EventDict) -> EventDict:
        if logging.getLevelNamesMapping()[event["level"].upper()] >= self._level:
            # Renderers take the event apart.
            self._sink.write(cast(str, self._renderer(logger, method, dict(event))) + "\n")
        return event


def _renderer(*, pretty: bool) -> Processor:
    return structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)


def _configure(level: str, last: Sequence[Processor], sink: _Sink) -> None:
    numeric = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            *last,
        ],
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, sink)),
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
    )
    logging.basicConfig(level=max(numeric, logging.WARNING))
    # A broker that is away is said once by the loop that needs it; the client says it twenty times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def remember_loggers() -> None:
    """For a process that serves: its loggers are set up for good, which makes each line cheaper."""
    structlog.configure(cache_logger_on_first_use=True)
