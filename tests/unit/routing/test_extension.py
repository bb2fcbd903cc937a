"""延期: more time is asked for before it is too late, granted by the grid and not by oneself, and then it counts."""

from dataclasses import replace

import pytest

from services.routing.domain.case import decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AskExtension,
    Command,
    DeadlineReached,
    FailVerification,
    GrantExtension,
    RefuseExtension,
    Resolve,
    Return,
    Transfer,
    WithdrawExtension,
)
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.handling import NotAcceptedError, WrongUnitError
from services.routing.domain.errors.more_time import (
    AlreadyLateError,
    ExtensionAskedError,
    ExtensionNotAskedError,
    ExtensionNotYoursError,
    NoDeadlineError,
    NotLaterError,
    PassedMeanwhileError,
)
from shared.contracts.routing import Clock, Deadlines, ExtensionAsked, ExtensionGranted, ExtensionRefused
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RESOLVE_BY,
    after,
    given,
    matter,
    open_case,
    sealed,
)

LATER = after(5 * 24 * 60)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
ASK = AskExtension(by=LEAD, reason=sealed(), resolve_by=LATER, to_unit="grid", now=after(60))
GRANT = GrantExtension(by=DISPATCHER, now=after(90))
REFUSE = RefuseExtension(by=DISPATCHER, reason=sealed(), now=after(90))


def test_the_unit_asks_the_grid_and_the_deadline_stands_meanwhile() -> None:
    case = given(*ACCEPTED)

    assert decide(case, ASK) == (
        ExtensionAsked(
            case_id=CASE_ID,
            at=after(60),
            unit="committee",
            by=LEAD.person,
            to_unit="grid",
            resolve_by=LATER,
            reason=sealed(),
            matter=matter(),
        ),
    )
    assert given(*ACCEPTED, ASK).resolve == case.resolve


def test_what_is_granted_is_worked_to_and_judged_by() -> None:
    asked = given(*ACCEPTED, ASK)

    (granted,) = decide(asked, GRANT)
    case = given(*ACCEPTED, ASK, GRANT)

    assert granted == ExtensionGranted(
        case_id=CASE_ID,
        at=after(90),
        unit="committee",
        by=DISPATCHER.person,
        deadlines=Deadlines(accept_by=ACCEPT_BY, resolve_by=LATER),
        matter=matter(),
    )
    assert (case.resolve.deadline, case.resolve.promise, case.extension) == (LATER, LATER, None)
    assert case.resolve.kept(after(4 * 24 * 60)) is True
    assert timers_after(asked, case) == [TimerWish(kind=Clock.RESOLVE, generation=2, due_at=LATER)]


def test_what_is_refused_changes_nothing_and_may_be_asked_again() -> None:
    asked = given(*ACCEPTED, ASK)

    (refused,) = decide(asked, REFUSE)
    case = given(*ACCEPTED, ASK, REFUSE)

    assert isinstance(refused, ExtensionRefused)
    assert (case.resolve, case.extension) == (asked.resolve, None)
    assert decide(case, ASK)


def test_the_old_deadline_passes_without_a_word_once_more_time_was_granted() -> None:
    stale = DeadlineReached(clock=Clock.RESOLVE, generation=1, next_unit="grid", next_due=None, now=RESOLVE_BY)

    assert decide(given(*ACCEPTED, ASK, GRANT), stale) == ()


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        ((open_case(),), ASK, NotAcceptedError),
        (ACCEPTED, replace(ASK, by=PROPERTY), WrongUnitError),
        (ACCEPTED, replace(ASK, resolve_by=RESOLVE_BY), NotLaterError),
        (ACCEPTED, replace(ASK, now=after(24 * 60 + 1)), AlreadyLateError),
        ((*ACCEPTED, ASK), ASK, ExtensionAskedError),
        (ACCEPTED, GRANT, ExtensionNotAskedError),
        (ACCEPTED, REFUSE, ExtensionNotAskedError),
        ((*ACCEPTED, ASK), replace(GRANT, by=COLLEAGUE), ExtensionNotYoursError),
        ((*ACCEPTED, ASK), replace(REFUSE, by=LEAD), ExtensionNotYoursError),
    ],
)
def test_it_is_refused_to_whom_and_when_it_is_not_due(
    before: tuple[AskExtension, ...], command: AskExtension, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*before), command)


def test_a_dispatcher_who_asked_for_the_grids_own_case_has_a_colleague_answer() -> None:
    own = Transfer(by=DISPATCHER, to_unit="grid", accept_by=None, directory_version=3, now=after(2))
    begun = (open_case(), own, Accept(by=DISPATCHER, now=after(3)), replace(ASK, by=DISPATCHER))
    colleague = replace(DISPATCHER, person="grid-dispatcher-2")

    with pytest.raises(ExtensionNotYoursError):
        decide(given(*begun), GRANT)
    assert decide(given(*begun), replace(GRANT, by=colleague))


def test_a_case_without_a_deadline_has_none_to_extend() -> None:
    case = given(*ACCEPTED)

    with pytest.raises(NoDeadlineError):
        decide(replace(case, resolve=replace(case.resolve, deadline=None)), ASK)


@pytest.mark.parametrize(
    "gone",
    [
        Resolve(by=LEAD, now=after(80)),
        Return(by=LEAD, reason=sealed(), accept_by=after(95), to_unit="grid", now=after(80)),
        Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=3, now=after(80)),
    ],
    ids=lambda gone: type(gone).__name__,
)
def test_a_question_ends_with_the_units_work(gone: Resolve) -> None:
    assert given(*ACCEPTED, ASK, gone).extension is None


def test_rework_that_gets_more_time_is_still_judged_by_what_was_promised_before() -> None:
    month = replace(ASK, resolve_by=after(30 * 24 * 60))
    failed = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(3 * 24 * 60), now=after(200))
    reworked = (*ACCEPTED, month, GRANT, Resolve(by=LEAD, now=after(100)), failed)
    more = replace(ASK, resolve_by=after(4 * 24 * 60), now=after(300))

    case = given(*reworked, more, replace(GRANT, now=after(400)))

    assert (case.resolve.deadline, case.resolve.promise) == (after(4 * 24 * 60), after(30 * 24 * 60))


def test_a_grant_that_comes_too_late_is_refused_and_a_refusal_is_not() -> None:
    late = replace(GRANT, now=LATER)

    with pytest.raises(PassedMeanwhileError):
        decide(given(*ACCEPTED, ASK), late)
    assert decide(given(*ACCEPTED, ASK), replace(REFUSE, now=LATER))


def test_a_grid_that_a_whistle_has_called_does_not_decide_for_the_one_that_was_asked() -> None:
    called = replace(DISPATCHER, unit="grid-2", person="grid-2-dispatcher")

    with pytest.raises(ExtensionNotYoursError):
        decide(given(*ACCEPTED, ASK), replace(GRANT, by=called))


def test_the_grid_that_is_asked_sees_the_case() -> None:
    assert "grid" in given(*ACCEPTED, ASK).watching


def test_who_asked_may_take_it_back_and_ask_again() -> None:
    asked = given(*ACCEPTED, ASK)

    (withdrawn,) = decide(asked, WithdrawExtension(by=LEAD, now=after(61)))

    assert evolve(asked, withdrawn).extension is None
    assert decide(evolve(asked, withdrawn), replace(ASK, now=after(62)))


@pytest.mark.parametrize(
    ("history", "by", "refusal"), [((ASK,), DISPATCHER, WrongUnitError), ((), LEAD, ExtensionNotAskedError)]
)
def test_nobody_else_takes_it_back_and_only_while_it_waits(
    history: tuple[Command, ...], by: Actor, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*ACCEPTED, *history), WithdrawExtension(by=by, now=after(61)))
