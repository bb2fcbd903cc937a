"""Structured logs: JSON lines with a correlation id, and nothing personal."""

import logging
import sys

import structlog


def configure(*, level: str = "INFO", pretty: bool = False) -> None:
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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(numeric, logging.WARNING))
    # A broker that is away is said once by the loop that needs it; the client says it twenty times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
