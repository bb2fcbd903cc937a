"""The ladder: who is told next, when the one above hears of it, and where it ends."""

from datetime import UTC, datetime

import pytest

from services.routing.domain.case.commands import DeadlineReached, Return
from services.routing.domain.case.decisions import decide
from services.routing.domain.case.state import Case
from services.routing.domain.escalation import deadline_reached
from services.routing.domain.units import Units
from shared.contracts.directory import Name, UnitDefined
from shared.contracts.routing import Clock
from shared.working_time import Calendar
from tests.unit.routing.routing_samples import ACCEPT_BY, LEAD, OPENED_AT, after, folded, given, open_case, sealed


def unit(unit_id: str, *, above: str | None, retired: bool = False) -> UnitDefined:
    return UnitDefined(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        id=unit_id,
        edition=1,
        retired=retired,
        name=Name(zh="单位", en="Unit"),
        area="district",
        calendar="always",
        escalates_to=above,
    )


UNITS = Units(
    {
        "committee": unit("committee", above="grid"),
        "grid": unit("grid", above="old-town"),
        "old-town": unit("old-town", above="town", retired=True),
        "town": unit("town", above=None),
        "ring-a": unit("ring-a", above="ring-b"),
        "ring-b": unit("ring-b", above="ring-a"),
    },
    {"always": Calendar(hours=dict.fromkeys(range(1, 8), ((0, 1440),)), years=[2026])},
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
    case = given(open_case(), Return(by=LEAD, reason=sealed(), accept_by=None, now=after(1)))

    command = fired(case, ACCEPT_BY)

    assert command.next_unit == "grid"


def test_a_case_above_which_nobody_stands_tells_nobody() -> None:
    case = given(open_case())
    alone = Units({"committee": unit("committee", above=None)}, UNITS.calendars)

    command = deadline_reached(case, alone, clock=Clock.ACCEPT, generation=1, now=OPENED_AT)

    assert (command.next_unit, command.next_due) == (None, None)
