"""A case that is given back goes up and never in circles: each unit gives it back once, until it is reopened."""

from collections.abc import Sequence

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    Close,
    PassVerification,
    Reopen,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.errors.handling import AlreadyReturnedError, NobodyAboveError
from services.routing.domain.escalation import told_of_return
from services.routing.handlers.choices import allowed
from shared.contracts.directory import Role
from shared.contracts.routing import CaseReturned, Deadlines, RoutingEvent
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    DISPATCHER,
    RULEBOOK,
    UNITS,
    after,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_case_properties import decided

EVERYBODY = ["committee", "property", "grid", "town"]


def of(unit: str) -> Actor:
    return Actor(person=f"lead-of-{unit}", unit=unit, role=Role.LEAD)


def back(unit: str, *, at: int = 1, to_unit: str | None = "grid") -> Return:
    return Return(by=of(unit), reason=sealed(), accept_by=after(at + 15), to_unit=to_unit, now=after(at))


def to(unit: str, *, at: int = 2) -> Transfer:
    return Transfer(by=DISPATCHER, to_unit=unit, accept_by=after(at + 15), directory_version=1, now=after(at))


def moved(case: Case, events: Sequence[RoutingEvent]) -> Case:
    after_it = folded(case, events)
    assert after_it is not None
    return after_it


def played(case: Case, steps: list[str]) -> tuple[Case, list[CaseReturned]]:
    """The grid hands it to each in turn, and each gives it back as soon as the case lets it."""
    returned: list[CaseReturned] = []
    for at, unit in enumerate(steps, 10):
        case = moved(case, decided(case, to(unit, at=at)))
        events = decided(case, back(unit, at=at, to_unit=told_of_return(case, UNITS)))
        returned += [event for event in events if isinstance(event, CaseReturned)]
        case = moved(case, events)
    return case, returned


def test_a_unit_that_gave_it_back_and_gets_it_again_keeps_it_or_hands_it_on_itself() -> None:
    case = given(open_case(), back("committee"), to("committee"))

    with pytest.raises(AlreadyReturnedError):
        decide(case, back("committee", at=3))

    assert decided(case, Accept(by=of("committee"), now=after(3)))
    assert decided(
        case, Transfer(by=of("committee"), to_unit="property", accept_by=None, directory_version=1, now=after(3))
    )


@for_all(st.lists(st.sampled_from(EVERYBODY), max_size=30))
def test_it_is_given_back_no_more_often_than_there_are_units(steps: list[str]) -> None:
    case, returned = played(given(open_case(), back("committee")), steps)

    assert len({event.unit for event in returned}) == len(returned) < len(EVERYBODY)
    assert case.resolve.due_at == given(open_case()).resolve.due_at


def test_returned_by_all_below_the_top_it_stays_with_who_has_it_then_and_its_clock_climbs() -> None:
    case, returned = played(given(open_case()), ["property", "grid", "town", "committee", "town", *EVERYBODY[:3]])

    assert [event.unit for event in returned] == ["property", "grid", "committee"]
    assert (case.status, case.unit, case.accept.due_at is not None) == (Status.ASSIGNED, "grid", True)


def test_the_top_unit_gives_it_back_to_nobody_and_is_not_offered_to() -> None:
    at_top = given(open_case(), to("town"))
    town, committee = (
        Sight(actor=of(unit), units=frozenset({unit}), areas=frozenset()) for unit in ("town", "committee")
    )

    with pytest.raises(NobodyAboveError):
        decide(at_top, back("town", at=3, to_unit=told_of_return(at_top, UNITS)))

    assert "return" not in allowed(town, at_top, rulebook=RULEBOOK, now=after(3))
    assert {"accept", "transfer"} <= {*allowed(town, at_top, rulebook=RULEBOOK, now=after(3))}
    assert "return" in allowed(committee, given(open_case()), rulebook=RULEBOOK, now=after(3))


@pytest.mark.parametrize(
    ("unit", "before", "told"),
    [
        ("committee", (), "grid"),
        ("committee", ("grid",), "town"),
        ("committee", ("grid", "town"), "town"),
        ("grid", ("committee",), "town"),
        ("town", (), None),
    ],
)
def test_who_hears_of_it_is_the_next_level_that_has_not_given_it_back_itself(
    unit: str, before: tuple[str, ...], told: str | None
) -> None:
    steps = [step for level in before for step in (to(level), back(level))]
    case = given(open_case(), to("property"), *steps, to(unit))

    assert told_of_return(case, UNITS) == told


def test_reopened_by_its_reporter_it_can_be_given_back_anew() -> None:
    lead = of("committee")
    case = given(
        open_case(),
        back("committee"),
        to("committee"),
        Accept(by=lead, now=after(3)),
        Resolve(by=lead, now=after(4)),
        PassVerification(by=COLLEAGUE, now=after(5)),
        Close(by=COLLEAGUE, now=after(6)),
        Reopen(words=sealed(), deadlines=Deadlines(), now=after(7)),
    )

    assert decided(case, back("committee", at=8))
