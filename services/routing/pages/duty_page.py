"""The duty page's view: turns, people, hours, swaps that wait, what was handed over, and what the viewer may do."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.domain.duty import Swap
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.duty import DutyRead, UnitDuty, names_in, read_duty
from services.routing.handlers.reading import opened
from services.routing.pages.duty_views import (
    DutyPage,
    HandedOverShown,
    PersonShown,
    SwapShown,
    TurnShown,
    UnitOnDuty,
)
from services.routing.pages.names import staff_of
from shared.contracts.duty import DutyHandedOver, Span
from shared.directory.rota import Turn
from shared.web.forms import EMPTY_FORM, Form

# Of the own unit; of others the next one is enough.
TURNS_SHOWN_MAX = 6


async def duty_page(
    service: Routing, member: Member, *, forgotten: str, form: Form = EMPTY_FORM, refused: str = ""
) -> DutyPage:
    """The duty as the page shows it; with the form that was refused, as it was typed."""
    read = await read_duty(service, member)
    notes = [*(each.note for each in read.shifts.handed_over), *(each.note for each in (*read.swaps, *read.lapsed))]
    said = await opened(service, notes)
    showing = _Showing(read, await names_in(service, read), {box: text or forgotten for box, text in said.items()})
    return DutyPage(
        staff=await staff_of(service, member),
        form_token=secrets.token_urlsafe(16),
        own=showing.unit(read.own, later_max=TURNS_SHOWN_MAX),
        people=showing.people(),
        hours=read.hours,
        handed_over=[showing.handed_over(each) for each in reversed(read.shifts.handed_over)],
        swaps=[showing.swap(each) for each in read.swaps],
        lapsed=[showing.swap(each) for each in read.lapsed],
        may_hand_over=read.may_hand_over,
        may_give=[showing.turn(turn) for turn in read.may_give],
        may_take=[showing.turn(turn) for turn in read.may_take],
        moves_at_once=read.leads,
        others=[showing.unit(each, later_max=1) for each in read.others],
        form=form,
        refused=refused,
    )


@dataclass(frozen=True, slots=True)
class _Showing:
    """What is needed to show a turn: what was read, what people are called, what they wrote."""

    read: DutyRead
    names: Mapping[str, str]
    said: Mapping[str, str]

    def people(self) -> list[PersonShown]:
        now = self.read.own.now.person if self.read.own.now else None
        people = [
            PersonShown(
                id=each.id,
                name=self.names[each.id],
                role=each.role,
                on_duty=each.id == now,
                may_be_on_duty=self.read.roster.may_answer(each.id),
            )
            for each in self.read.people
        ]
        return sorted(people, key=lambda each: not each.on_duty)

    def unit(self, unit: UnitDuty, *, later_max: int) -> UnitOnDuty:
        return UnitOnDuty(
            unit_name=unit.unit.name,
            now=self.turn(unit.now) if unit.now else None,
            later=[self.turn(turn) for turn in unit.later[:later_max]],
        )

    def turn(self, turn: Turn) -> TurnShown:
        mine = turn.person == self.read.viewer.person
        return TurnShown(name=self.names[turn.person], start=turn.start, until=turn.until, mine=mine)

    def swap(self, swap: Swap) -> SwapShown:
        return SwapShown(
            id=swap.id,
            given=self._span(swap.from_person, swap.given),
            taken=self._span(swap.to_person, swap.taken),
            words=self.said[swap.note.box],
            may_answer=self.read.acts_for(swap.to_person),
            may_withdraw=self.read.acts_for(swap.from_person),
        )

    def handed_over(self, event: DutyHandedOver) -> HandedOverShown:
        return HandedOverShown(
            at=event.at,
            from_name=self.names[event.from_person],
            turn=self.turn(Turn(event.to_person, event.start, event.until)),
            words=self.said[event.note.box],
        )

    def _span(self, person: str, span: Span) -> TurnShown:
        return self.turn(Turn(person, span.start, span.until))
