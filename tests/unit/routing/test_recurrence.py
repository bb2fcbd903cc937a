"""回头看发现问题又出现: whoever looks and finds the trouble back says so, and it becomes a case of its own."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import decide, evolve
from services.routing.domain.case.commands import Close, Command, Join, PlanFollowUp, Reopen, ReportRecurrence, Withdraw
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.clocks import timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.following_up import (
    FollowUpNotOpenError,
    FollowUpUnknownError,
    NotFollowingError,
    NotOverError,
)
from services.routing.domain.errors.handling import WithdrawnError
from services.routing.handlers.choices import allowed
from services.routing.handlers.reading import CaseRead
from services.routing.pages.happened import Happened
from services.routing.projections import columns_of
from shared.contracts.intake import Link
from shared.contracts.routing import Deadlines, FollowUpPlanned, FollowUpRecurred
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    LEAD,
    PROPERTY,
    RULEBOOK,
    after,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_follow_up import AGAIN, CANCEL, CLOSED, DAY, DUE, MISSED, PLAN, PLANNED, SECOND, SIGN
from tests.unit.routing.test_merging import DONE_WORK, another, both
from tests.unit.routing.test_timeline import told

NEW = UUID(int=7)
BACK = ReportRecurrence(by=PROPERTY, follow_up=SIGN, other=NEW, words=sealed(), again=SECOND, now=after(DAY + 60))


@pytest.mark.parametrize("before", [PLANNED, (*PLANNED, DUE)], ids=["early", "on its day"])
def test_what_is_back_is_named_and_the_next_time_stays_planned(before: Sequence[Command]) -> None:
    recurred, planned = decide(given(*before), BACK)
    case = given(*before, BACK)

    assert isinstance(recurred, FollowUpRecurred)
    assert (recurred.other, recurred.by, recurred.unit, recurred.matter) == (
        NEW,
        PROPERTY.person,
        "property",
        case.matter,
    )
    assert isinstance(planned, FollowUpPlanned)
    assert (planned.occurrence, planned.due) == (2, SECOND.due)
    assert (case.follow_ups[SIGN].done, case.follow_ups[SIGN].missed) == (1, 0)
    assert decide(case, DUE) == decide(case, MISSED) == ()


def test_its_own_case_stays_closed_and_knows_what_came_of_it() -> None:
    before = given(*PLANNED)
    recurred, _ = decide(before, BACK)
    case = evolve(before, recurred)

    assert case.follow_ups[SIGN].state is FollowUpState.RECURRED
    assert case.split_off == (NEW,)
    assert (case.status, case.accept, case.resolve, case.unit) == (
        before.status,
        before.accept,
        before.resolve,
        before.unit,
    )
    assert (timers_after(before, case), columns_of(recurred)) == ([], {})


def test_after_the_last_time_nothing_more_is_planned_and_it_is_not_said_twice() -> None:
    once = (*CLOSED, PlanFollowUp(by=LEAD, plan=replace(PLAN, every_days=None, times=1), task=sealed(), now=after(5)))
    back = replace(BACK, again=None)
    case = given(*once, back)

    assert [type(each) for each in decide(given(*once), back)] == [FollowUpRecurred]
    assert not case.follow_ups[SIGN].is_open
    with pytest.raises(FollowUpNotOpenError):
        decide(case, back)


def test_each_time_may_find_it_back_until_the_rest_is_cancelled() -> None:
    twice = given(*PLANNED, BACK, replace(BACK, other=UUID(int=8), again=None))
    cancelled = given(*PLANNED, BACK, replace(CANCEL, now=after(2 * DAY)))

    assert twice.split_off == (NEW, UUID(int=8))
    assert not cancelled.follow_ups[SIGN].is_open


REOPENED = (*PLANNED, Reopen(words=sealed(), deadlines=Deadlines(), now=after(10)))
IN_HAND = (*CLOSED[:-1], replace(PLANNED[-1], now=after(3)))


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        (PLANNED, replace(BACK, follow_up=AGAIN), FollowUpUnknownError),
        (PLANNED, replace(BACK, by=LEAD), NotFollowingError),
        ((*PLANNED, CANCEL), BACK, FollowUpNotOpenError),
        (IN_HAND, BACK, NotOverError),
        (REOPENED, BACK, NotOverError),
        ((*CLOSED[:2], replace(PLANNED[-1], now=after(2)), Withdraw(now=after(3))), BACK, WithdrawnError),
    ],
)
def test_it_is_refused_to_others_and_while_the_case_is_not_over(
    before: Sequence[Command], command: ReportRecurrence, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*before), command)


def test_nor_is_it_opened_for_a_reporter_who_wants_nothing_more_whatever_was_done_for_others() -> None:
    joined = (*CLOSED[:2], Join(by=LEAD, duplicate=both().duplicates[0], now=after(1)), Withdraw(now=after(2)))
    done = (*joined, *(replace(each, now=after(3)) for each in CLOSED[2:]), replace(PLANNED[-1], now=after(6)))
    case = given(*done)

    assert case.reporter_withdrew
    with pytest.raises(WithdrawnError):
        decide(case, BACK)


def test_a_case_that_was_merged_and_is_over_may_find_its_own_trouble_back() -> None:
    begun = given(another(2), CLOSED[1])
    together = both(duplicate=folded(begun, decide(begun, replace(PLANNED[-1], now=after(1)))))
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates

    recurred, *_ = decide(duplicate, replace(BACK, again=None))

    assert recurred.case_id == duplicate.id


def test_who_follows_up_is_offered_it_after_the_end_alone() -> None:
    sight = Sight(actor=PROPERTY, units=frozenset({"property"}), areas=frozenset())

    assert "follow-up-recurred" in allowed(sight, given(*PLANNED), rulebook=RULEBOOK, now=after(10))
    assert "follow-up-recurred" not in allowed(sight, given(*IN_HAND), rulebook=RULEBOOK, now=after(10))


def test_the_new_case_knows_the_first_and_its_timeline_says_why_it_was_opened() -> None:
    first, *_ = decide(None, replace(open_case(), split_from=UUID(int=8), link=Link.CAME_BACK))
    other, *_ = decide(None, replace(open_case(), split_from=UUID(int=8)))
    case = evolve(None, first)
    read = CaseRead(case=case, events=(first, other), version=1, answer=None, erased_at=None)

    assert (case.split_from, case.link) == (UUID(int=8), Link.CAME_BACK)
    assert [each.what for each in told(read)] == [Happened.OPENED_AGAIN, "opened"]
