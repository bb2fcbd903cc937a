"""Where a story is played: by people at their pages, or by their programs at the interface. The story is the same."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.testing.waiting import eventually
from tests.scenarios.town import Town
from tests.story.steps import Acts, Looks, Opens, Passes, Rates, Reports, Step, Story, Waits

NO_CASE = UUID(int=0)
# Reporting keeps figures and says nothing itself.
PUBLISHERS = ("intake", "routing", "notify")
COUNTED = "SELECT count(*) FROM events"
# Queued, attempted, accepted.
SAID_BY_A_MESSAGE = 3


@dataclass(slots=True)
class Scene:
    """A story that is being played: which case it has become."""

    town: Town
    story: Story
    status: str = ""
    case: UUID = NO_CASE

    @property
    def ticket_stream(self) -> str:
        """Where the ticket's events stand."""
        return f"ticket-{self.case}"

    @property
    def case_stream(self) -> str:
        """Where the case's events stand."""
        return f"case-{self.case}"


class Stage(Protocol):
    """What people can do, wherever they do it. Nothing of it may be refused."""

    async def waits(self, scene: Scene, step: Waits) -> None:
        """They are signed in and look at their inbox."""

    async def reports(self, scene: Scene, step: Reports) -> str:
        """The resident reports; returns the address of their status page."""

    async def opens(self, scene: Scene, step: Opens) -> None:
        """They come to the case."""

    async def looks(self, scene: Scene, step: Looks) -> None:
        """They see what it waits for."""

    async def acts(self, scene: Scene, step: Acts) -> None:
        """They do something with it."""

    async def passes(self, scene: Scene, step: Passes) -> None:
        """Time has gone by."""

    async def rates(self, scene: Scene, step: Rates) -> None:
        """The resident answers the visit back."""

    async def timeline(self, scene: Scene, person: str) -> list[str]:
        """What has happened, as this member of staff is told."""


async def played(scene: Scene, stage: Stage) -> AsyncIterator[Step]:
    """Play a story; what a step brings about has come before it is given back, or has been waited for."""
    for step in scene.story.steps:
        before = await _said(scene.town)
        await _play(scene, stage, step)
        count = len(step.brings) + len(step.ticket) + SAID_BY_A_MESSAGE * len(step.messages)
        await _once_said(scene.town, before + count)
        yield step
    await scene.town.settled()


async def _said(town: Town) -> int:
    """How many events the log holds."""
    return sum([int(str(count)) for name in PUBLISHERS for count in await town.values(name, COUNTED)])


async def _once_said(town: Town, count: int) -> None:
    """What never comes is told by the comparison at the end, in full."""

    async def is_said() -> bool:
        return await _said(town) >= count

    with suppress(TimeoutError):
        await eventually(is_said)


async def _play(scene: Scene, stage: Stage, step: Step) -> None:
    match step:
        case Waits():
            await stage.waits(scene, step)
        case Reports():
            scene.status = await stage.reports(scene, step)
            scene.case = await scene.town.ticket_id(scene.status)
        case Opens():
            await stage.opens(scene, step)
        case Looks():
            await stage.looks(scene, step)
        case Acts():
            await stage.acts(scene, step)
        case Passes():
            scene.town.clock.advance(step.until - scene.town.clock.now())
            await scene.town.no_timer_is_due()
            await stage.passes(scene, step)
        case Rates():
            await stage.rates(scene, step)
