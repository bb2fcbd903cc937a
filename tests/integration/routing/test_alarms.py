"""What alarms look at, as `/metrics` shows it of a district at work."""

from datetime import UTC, datetime

from prometheus_client import REGISTRY

from services.routing.handlers.alarms import Alarms
from tests.integration.routing.conftest import Desk


async def test_it_is_told_when_the_holidays_that_the_district_file_knows_end(desk: Desk) -> None:
    routing = desk.routing

    await Alarms(routing.runtime.pool, routing.directory, desk.clock.now).count()

    ends = REGISTRY.get_sample_value("yima_calendars_end_timestamp_seconds", {"service": "routing"})
    assert ends == datetime(2026, 12, 31, 16, tzinfo=UTC).timestamp()
