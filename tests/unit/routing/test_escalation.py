"""The ladder: who is told next, when the one above hears of it, and where it ends."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.routing.domain.case.commands import DeadlineReached, Return
from services.routing.domain.case.decisions import decide
from services.routing.domain.case.state import Case
from services.routing.domain.escalation import deadline_reached
from shared.contracts.routing import Clock
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    LEAD,
    OPENED_AT,
    UNITS,
    after,
    folded,
    given,
    open_case,
    sealed,
)


def fired(case: Case, now: datetime) -> DeadlineReached:
    generation = case.countdown(Clock.ACCEPT).generation
    return deadline_reached(case, UNITS, clock=Clock.ACCEPT, generation=generation, now=now)


@pytest.mark.parametrize(
    ("start", "ladder"),
    [("committee", ("grid", "town")), ("town", ()), ("ring-a", ("ring-b",)), ("unheard-of", ()), (None, ())],
)
def test_the_ladder_goes_up_leaves_out_the_retired_and_ends(start: str | None, ladder: tuple[str, ...]) -> None:
    assert UNITS.ladder(start) == ladder


def test_the_first_miss_tells_the_next_level_and_gives_it_as_long_as_the_first_had() -> None:
    case = given(open_case())

    command = fired(case, ACCEPT_BY)

    assert (command.next_unit, command.next_due) == ("grid", after(30))


def test_the_last_level_is_told_without_a_further_timer() -> None:
    case = folded(given(open_case()), decide(given(open_case()), fired(given(open_case()), ACCEPT_BY)))
    assert case is not None

    command = fired(case, after(30))

    assert (command.next_unit, command.next_due) == ("town", None)


def test_a_returned_case_climbs_from_the_unit_that_left_it() -> None:
    case = given(open_case(), Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="grid", now=after(1)))

    command = fired(case, ACCEPT_BY)

    assert command.next_unit == "grid"


def test_a_case_above_which_nobody_stands_tells_nobody() -> None:
    case = given(open_case())
    alone = replace(UNITS, by_id={"committee": UNITS.by_id["committee"].model_copy(update={"escalates_to": None})})

    command = deadline_reached(case, alone, clock=Clock.ACCEPT, generation=1, now=OPENED_AT)

    assert (command.next_unit, command.next_due) == (None, None)
