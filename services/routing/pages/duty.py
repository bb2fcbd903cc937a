"""The duty page: who answers for each unit that a member sees, who is next; their own unit's people and hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.duty import DutyRead, UnitDuty, read_duty
from services.routing.handlers.reading import opened
from services.routing.pages.doors import signed_in
from services.routing.pages.duty_views import DutyPage, PersonShown, TurnShown, UnitOnDuty
from services.routing.pages.names import staff_of
from shared.directory.rota import Turn
from shared.web.rendering import Renderer

DUTY = "/desk/duty"
# Of the own unit; of others the next one is enough.
TURNS_SHOWN_MAX = 6


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The route of the duty page."""
    routes = APIRouter()

    @routes.get(DUTY)
    async def duty(request: Request) -> Response:
        member = await signed_in(service, request)
        return renderer.render(request, "duty.html", {"page": await duty_page(service, member)})

    return routes


async def duty_page(service: Routing, member: Member) -> DutyPage:
    """The duty as the page shows it."""
    read = await read_duty(service, member)
    showing = _Showing(member.actor.person, await _names(service, read))
    answering = read.own.now.person if read.own.now else None
    people = [
        PersonShown(name=showing.names[each.id], role=each.role, on_duty=each.id == answering) for each in read.people
    ]
    return DutyPage(
        staff=await staff_of(service, member),
        own=showing.unit(read.own, later_max=TURNS_SHOWN_MAX),
        people=sorted(people, key=lambda each: not each.on_duty),
        hours=read.hours,
        others=[showing.unit(each, later_max=1) for each in read.others],
    )


async def _names(service: Routing, read: DutyRead) -> dict[str, str]:
    """The names of all who are on the page, by one query; a person who was erased is shown by their id."""
    people = (await service.directory.current()).people
    named = {turn.person for unit in (read.own, *read.others) for turn in _turns(unit)} | {p.id for p in read.people}
    boxes = {person: people[person].name for person in named}
    texts = await opened(service, boxes.values())
    return {person: texts[box.box] or person for person, box in boxes.items()}


def _turns(unit: UnitDuty) -> Iterator[Turn]:
    if unit.now:
        yield unit.now
    yield from unit.later


@dataclass(frozen=True, slots=True)
class _Showing:
    """What is needed to show a turn: who looks, and what people are called."""

    viewer: str
    names: Mapping[str, str]

    def unit(self, unit: UnitDuty, *, later_max: int) -> UnitOnDuty:
        return UnitOnDuty(
            unit_name=unit.unit.name,
            now=self.turn(unit.now) if unit.now else None,
            later=[self.turn(turn) for turn in unit.later[:later_max]],
        )

    def turn(self, turn: Turn) -> TurnShown:
        mine = turn.person == self.viewer
        return TurnShown(name=self.names[turn.person], start=turn.start, until=turn.until, mine=mine)
