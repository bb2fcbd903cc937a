"""拆分: a report that tells of two troubles becomes two, and neither of them loses anything."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import decide, evolve
from services.routing.domain.case.commands import Close, Command, Split, Withdraw
from services.routing.domain.case.state import Case
from services.routing.domain.clocks import timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.handling import AlreadyClosedError, WithdrawnError, WrongUnitError
from services.routing.domain.errors.merging import MergedError
from services.routing.handlers.choices import allowed
from services.routing.projections import columns_of
from shared.contracts.routing import CaseSplit
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RULEBOOK,
    after,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_merging import ACCEPTED, DONE_WORK, both

SECOND = UUID(int=5)
SPLIT = Split(by=LEAD, other=SECOND, words=sealed(), category="facilities", now=after(5))
CLOSED = (*ACCEPTED, *DONE_WORK, Close(by=COLLEAGUE, now=after(32)))


@pytest.mark.parametrize("before", [(open_case(),), ACCEPTED])
def test_the_case_says_what_was_split_off_and_goes_on_as_it_stood(before: Sequence[Command]) -> None:
    case = given(*before)
    [event] = decide(case, SPLIT)
    after_it = evolve(case, event)

    assert isinstance(event, CaseSplit)
    assert (event.other, event.unit, event.by, event.category) == (SECOND, "committee", LEAD.person, "facilities")
    assert after_it.split_off == (SECOND,)
    assert (after_it.status, after_it.accept, after_it.resolve) == (case.status, case.accept, case.resolve)
    assert (timers_after(case, after_it), columns_of(event)) == ([], {})


def test_it_may_hold_a_third() -> None:
    case = given(*ACCEPTED, SPLIT)
    [again] = decide(case, Split(by=DISPATCHER, other=UUID(int=6), words=sealed(), now=after(6)))

    assert evolve(case, again).split_off == (SECOND, UUID(int=6))


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        (given(*ACCEPTED, DONE_WORK[0]), AlreadyResolvedError),
        (given(*CLOSED), AlreadyClosedError),
        (given(*ACCEPTED, Withdraw(now=after(3))), WithdrawnError),
        (both().duplicates[0], MergedError),
    ],
)
def test_what_is_done_withdrawn_or_done_elsewhere_is_not_split(case: Case, refusal: type[RoutingError]) -> None:
    with pytest.raises(refusal):
        decide(case, SPLIT)


def test_nor_is_one_whose_own_reporter_wants_nothing_more() -> None:
    together = both()
    together.do(Withdraw(now=after(3)))

    with pytest.raises(WithdrawnError):
        decide(together.master, SPLIT)


def test_who_may_pass_it_on_may_split_it() -> None:
    case = given(*ACCEPTED)
    lead = Sight(actor=LEAD, units=frozenset({"committee"}), areas=frozenset())

    with pytest.raises(WrongUnitError):
        decide(case, Split(by=PROPERTY, other=SECOND, words=sealed(), now=after(5)))
    assert decide(case, Split(by=DISPATCHER, other=SECOND, words=sealed(), now=after(5)))
    assert "split" in allowed(lead, case, rulebook=RULEBOOK, now=after(5))
    assert "split" not in allowed(lead, given(*CLOSED), rulebook=RULEBOOK, now=after(40))


def test_the_second_case_knows_the_first() -> None:
    [opened, *_] = decide(None, replace(open_case(), split_from=UUID(int=8)))

    assert evolve(None, opened).split_from == UUID(int=8)
