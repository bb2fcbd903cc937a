"""What every test may ask for."""

import gc
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["shared.testing.servers"]

# Tests share two cores with a database and a broker: how long one example takes says nothing about the code.
settings.register_profile("yima", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("yima")


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not look through it a thousand times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def loggers_forgotten() -> Iterator[None]:
    """A command that serves sets its loggers up for good: those of the tests after it would write past them.

    Those that it wrote to remember how by a `bind` of their own, whatever is set up afterwards.
    """
    kept = structlog.get_config()
    yield
    if structlog.get_config()["cache_logger_on_first_use"]:
        for module in list(sys.modules.values()):
            if log := getattr(module, "__dict__", {}).get("log"):
                getattr(log, "__dict__", {}).pop("bind", None)
    structlog.configure(**kept)
