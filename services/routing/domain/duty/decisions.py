"""What a unit's duty refuses and what follows: handing over, and swaps in two steps or by the lead."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from services.routing.domain.duty.commands import (
    AcceptSwap,
    Asking,
    AskSwap,
    Command,
    DeclineSwap,
    HandOver,
    LapseSwap,
    Roster,
    WithdrawSwap,
)
from services.routing.domain.duty.errors import (
    HoursMissingError,
    MayNotAnswerError,
    NobodyOnDutyError,
    NotOfTheUnitError,
    NotOnDutyError,
    SwapAskedError,
    SwapNotYoursError,
    SwapOverError,
    TurnNotYoursError,
    TurnUnknownError,
)
from services.routing.domain.duty.state import Shifts, Swap
from services.routing.domain.errors.access import ReadsOnlyError
from services.routing.domain.permissions import DUTY_TABLE, Whose
from shared.contracts.duty import (
    DutyEvent,
    DutyHandedOver,
    Span,
    SwapAccepted,
    SwapAsked,
    SwapDeclined,
    SwapLapsed,
    SwapWithdrawn,
)
from shared.directory.rota import Turn, turns

# Who acts when a swap lapses.
NOBODY = ""


def decide(shifts: Shifts, command: Command) -> Sequence[DutyEvent]:
    """What follows.

    Raises:
        RoutingError: it is not theirs to do, or cannot be done as the duty stands.
    """
    if isinstance(command, LapseSwap):
        return list(_lapsed(shifts, command))
    if command.by.role not in DUTY_TABLE:
        raise ReadsOnlyError
    match command:
        case HandOver():
            return [_handed_over(shifts, command)]
        case AskSwap():
            return _asked(shifts, command)
        case AcceptSwap():
            return [_accepted(shifts, command)]
        case DeclineSwap():
            return [_declined(shifts, command)]
        case WithdrawSwap():
            return [_withdrawn(shifts, command)]


def turns_of(shifts: Shifts, roster: Roster, at: datetime) -> list[Turn]:
    """Who answers for the unit from that moment on."""
    return turns(roster.rota, roster.present | roster.people, at, shifts.covers)


def may_act_for(asking: Asking, person: str) -> bool:
    """Whether it is theirs, or they are the lead of whoever's it is."""
    return asking.by.person == person or DUTY_TABLE.get(asking.by.role) is Whose.UNIT


def _handed_over(shifts: Shifts, command: HandOver) -> DutyEvent:
    now = next((each for each in turns_of(shifts, command.roster, command.now) if each.start <= command.now), None)
    if now is None:
        raise NobodyOnDutyError
    if not may_act_for(command, now.person):
        raise NotOnDutyError
    if command.to_person not in command.roster.people - {now.person}:
        raise NotOfTheUnitError
    _refuse_who_may_not_answer(command.roster, to=command.to_person)
    return DutyHandedOver(
        at=command.now,
        unit=command.roster.unit,
        by=command.by.person,
        from_person=now.person,
        to_person=command.to_person,
        change=command.change,
        start=command.now,
        until=_end(now, command),
        note=command.note,
    )


def _refuse_who_may_not_answer(roster: Roster, **named: str) -> None:
    fields = [field for field, person in named.items() if not roster.may_answer(person)]
    if fields:
        raise MayNotAnswerError(*fields)


def _end(turn: Turn, command: HandOver) -> datetime:
    """The turn's own end, or before it where that was said."""
    if command.hours is None:
        if turn.until is None:
            raise HoursMissingError
        return turn.until
    asked = command.now + timedelta(hours=command.hours)
    return min(asked, turn.until) if turn.until else asked


def _asked(shifts: Shifts, command: AskSwap) -> Sequence[DutyEvent]:
    ahead = {turn.start: turn for turn in turns_of(shifts, command.roster, command.now) if command.now < turn.start}
    given, taken = ahead.get(command.turn), ahead.get(command.other)
    given_span, taken_span = _span(given), _span(taken)
    if given is None or given_span is None:
        raise TurnUnknownError("turn")
    if taken is None or taken_span is None or taken.person == given.person:
        raise TurnUnknownError("other")
    if not may_act_for(command, given.person):
        raise TurnNotYoursError
    _refuse_who_may_not_answer(command.roster, turn=given.person, other=taken.person)
    waiting = [
        span for swap in shifts.swaps.values() if swap.lapses_at > command.now for span in (swap.given, swap.taken)
    ]
    if given_span in waiting or taken_span in waiting:
        raise SwapAskedError
    if DUTY_TABLE[command.by.role] is Whose.UNIT:
        return [_moved(command, given, given_span, taken.person), _moved(command, taken, taken_span, given.person)]
    return [
        SwapAsked(
            at=command.now,
            unit=command.roster.unit,
            by=command.by.person,
            from_person=given.person,
            to_person=taken.person,
            swap=command.swap,
            given=given_span,
            taken=taken_span,
            note=command.note,
        )
    ]


def _span(turn: Turn | None) -> Span | None:
    return Span(start=turn.start, until=turn.until) if turn and turn.until else None


def _moved(command: AskSwap, turn: Turn, span: Span, to_person: str) -> DutyEvent:
    """One half of a swap by the lead."""
    return DutyHandedOver(
        at=command.now,
        unit=command.roster.unit,
        by=command.by.person,
        from_person=turn.person,
        to_person=to_person,
        change=uuid5(command.swap, to_person),
        start=span.start,
        until=span.until,
        note=command.note,
    )


def _accepted(shifts: Shifts, command: AcceptSwap) -> DutyEvent:
    swap = _waiting(shifts, command)
    if not may_act_for(command, swap.to_person):
        raise SwapNotYoursError
    held = turns_of(shifts, command.roster, command.now)
    wanted = (
        Turn(swap.from_person, swap.given.start, swap.given.until),
        Turn(swap.to_person, swap.taken.start, swap.taken.until),
    )
    if any(turn not in held for turn in wanted):
        raise SwapOverError
    if not all(command.roster.may_answer(turn.person) for turn in wanted):
        raise MayNotAnswerError
    return SwapAccepted(**_of(command, swap))


def _declined(shifts: Shifts, command: DeclineSwap) -> DutyEvent:
    swap = _waiting(shifts, command)
    if not may_act_for(command, swap.to_person):
        raise SwapNotYoursError
    return SwapDeclined(**_of(command, swap), reason=command.reason)


def _withdrawn(shifts: Shifts, command: WithdrawSwap) -> DutyEvent:
    swap = _waiting(shifts, command)
    if not may_act_for(command, swap.from_person):
        raise SwapNotYoursError
    return SwapWithdrawn(**_of(command, swap))


def _lapsed(shifts: Shifts, command: LapseSwap) -> Iterator[DutyEvent]:
    swap = shifts.swaps.get(command.swap)
    if swap is not None and not swap.lapsed and swap.lapses_at <= command.now:
        yield SwapLapsed(**_of_swap(swap), at=command.now, unit=command.unit, by=NOBODY)


def _waiting(shifts: Shifts, command: AcceptSwap | DeclineSwap | WithdrawSwap) -> Swap:
    swap = shifts.swaps.get(command.swap)
    if swap is None or swap.lapses_at <= command.now:
        raise SwapOverError
    return swap


def _of(command: AcceptSwap | DeclineSwap | WithdrawSwap, swap: Swap) -> dict[str, Any]:
    return {"at": command.now, "unit": command.roster.unit, "by": command.by.person, **_of_swap(swap)}


def _of_swap(swap: Swap) -> dict[str, Any]:
    return {
        "from_person": swap.from_person,
        "to_person": swap.to_person,
        "swap": swap.id,
        "given": swap.given,
        "taken": swap.taken,
    }
