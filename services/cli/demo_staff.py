"""The demo's staff: people of the pilot district, acting through routing's own handlers with everything they check.

No session and no password is made for them: whoever runs the command is at the machine itself, and the timeline then
names the pilot's roles, who are made up. On any other district the demo refuses to act.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.cli.errors import DemoNeedsPilotError
from services.routing.domain.case import Case
from services.routing.domain.inbox import Show, Wanted
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, member_of_district
from services.routing.handlers.acts import ACTS, Given
from services.routing.handlers.cases import stream_of
from services.routing.handlers.performing import Asked
from services.routing.handlers.reading import opened
from services.routing.handlers.service import CASE
from services.routing.queries import ListedCase, open_page
from shared.directory import Directory
from shared.kernel.database import planning_as_asked

PILOT = "pilot"
ROWS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Staff:
    """Those who answer for a case."""

    routing: Routing

    async def check_pilot(self, place: str) -> None:
        """That these are the made-up people.

        Raises:
            DemoNeedsPilotError: another district is published here.
        """
        directory = await self._directory()
        if PILOT not in directory.areas or place not in directory.places or directory.places[place].retired:
            raise DemoNeedsPilotError

    async def case(self, case_id: UUID) -> Case | None:
        """The case as it stands."""
        return (await self.routing.runtime.store.load(stream_of(case_id), CASE)).state

    async def on_duty(self, unit: str) -> Member:
        """Who answers for the unit now."""
        directory = await self._directory()
        holder = directory.on_duty(unit, self.routing.runtime.ground.clock.now())
        return (await self._of_unit(unit, first=holder.id if holder else ""))[0]

    async def other_than(self, member: Member) -> Member:
        """A colleague, to verify what was done."""
        return (await self._of_unit(member.actor.unit, first=member.actor.person))[1]

    async def name(self, member: Member) -> str:
        """The role that stands for a name."""
        names = await opened(self.routing, [member.record.name])
        return names[member.record.name.box] or member.actor.person

    async def inbox(self, member: Member) -> Sequence[ListedCase]:
        """What this member's inbox shows of their unit."""
        runtime = self.routing.runtime
        now = runtime.ground.clock.now()
        async with planning_as_asked(runtime.pool) as connection:
            return (await open_page(connection, member.sight, Wanted(show=Show.UNIT), now=now, limit=ROWS_MAX)).rows

    async def act(self, member: Member, case_id: UUID, action: str, words: str = "") -> None:
        """One act, as the case's page would bring it about."""
        asked = Asked(member=member, case_id=case_id, key=str(uuid4()))
        await ACTS[action](self.routing, asked, Given(words=words))

    async def _of_unit(self, unit: str, *, first: str) -> list[Member]:
        people = (await self._directory()).people.values()
        ids = sorted((each.id for each in people if each.unit == unit), key=lambda person: (person != first, person))
        members = [await member_of_district(self.routing, person) for person in ids]
        return [member for member in members if member is not None]

    async def _directory(self) -> Directory:
        return await self.routing.directory.current()
