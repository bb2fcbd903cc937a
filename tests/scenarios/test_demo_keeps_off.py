"""The demo acts for made-up people and sends messages: on another district, or to real phones, it refuses to begin."""

import httpx2
import pytest

from services.cli.demo_resident import Resident
from services.cli.demo_staff import Staff
from services.cli.errors import DemoNeedsPilotError, DemoNeedsSandboxError
from tests.scenarios.town import EAST_GATE, Town


async def test_the_demo_acts_on_the_pilot_district_only(town: Town) -> None:
    async with town.routing() as routing:
        staff = Staff(routing)

        await staff.check_pilot(EAST_GATE)

        with pytest.raises(DemoNeedsPilotError):
            await staff.check_pilot("PLACE-OF-ANOTHER-DISTRICT")


async def test_the_demo_sends_nothing_where_there_is_no_sandbox() -> None:
    real_provider = httpx2.MockTransport(lambda _: httpx2.Response(404))
    async with httpx2.AsyncClient(transport=real_provider, base_url="http://yima.test") as browser:
        with pytest.raises(DemoNeedsSandboxError):
            await Resident(browser).messages()
