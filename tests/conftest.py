"""What every test may ask for."""

import gc
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
    """A command that serves sets its loggers up for good: those of the tests after it would write past them."""
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)
