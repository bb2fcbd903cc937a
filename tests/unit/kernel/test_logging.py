"""The log tells of the work, and never stands in its way."""

from pathlib import Path

import pytest
import structlog
from prometheus_client import REGISTRY

from shared.kernel import logging

FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="no device that is always full")
def test_line_that_a_full_disk_does_not_take_is_counted_and_raises_nothing() -> None:
    kept = structlog.get_config()
    before = lines_lost()
    try:
        logging.configure(to=FULL_DISK.open("w"))
        structlog.get_logger().error("unavailable")
    finally:
        structlog.configure(**kept)

    assert lines_lost() == before + 1


def lines_lost() -> float:
    return REGISTRY.get_sample_value("yima_log_lines_lost_total") or 0.0
