"""答复时限: what a unit asks is answered in time, or the level above who was asked hears of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    Command,
    DeadlineReached,
    DeclineTask,
    GrantExtension,
    GrantSuspension,
    RefuseExtension,
    RefuseSuspension,
    ReleaseTask,
    Resolve,
    TakeTaskOver,
    Transfer,
    WithdrawExtension,
    WithdrawSuspension,
)
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.handlers.choices import allowed
from services.routing.pages.case_page import clock_for
from shared.contracts.directory import Role
from shared.contracts.routing import About, CaseEscalated, Clock, DeadlineMissed, DeadlineWarned
from tests.unit.routing.routing_samples import (
    CASE_ID,
    DISPATCHER,
    LEAD,
    RESOLVE_BY,
    RULEBOOK,
    after,
    given,
    matter,
    open_case,
    sealed,
)

LATER = after(5 * 24 * 60)
POLICE = Actor(person="police-duty-1", unit="police", role=Role.HANDLER)
TOWN = Actor(person="town-supervisor-1", unit="town", role=Role.SUPERVISOR)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
CALLED = (*ACCEPTED, BlowWhistle(by=LEAD, calls=(Call(unit="police"),), task=sealed(), now=after(2)))
BY = {"to_unit": "grid", "answer_by": after(180), "now": after(60)}
EXTENSION = AskExtension(by=LEAD, reason=sealed(), resolve_by=LATER, **BY)  # type: ignore[arg-type]
SUSPENSION = AskSuspension(by=LEAD, reason=sealed(), until=LATER, **BY)  # type: ignore[arg-type]
DECLINED = DeclineTask(by=POLICE, reason=sealed(), **BY)  # type: ignore[arg-type]
# What is asked by whom: the acts up to there, and each that ends the wait.
ASKED: list[tuple[str, About, tuple[Command, ...], tuple[Command, ...]]] = [
    (
        "committee",
        About.EXTENSION,
        (*ACCEPTED, EXTENSION),
        (
            GrantExtension(by=DISPATCHER, now=after(90)),
            RefuseExtension(by=DISPATCHER, reason=sealed(), now=after(90)),
            WithdrawExtension(by=LEAD, now=after(90)),
            Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=3, now=after(90)),
            Resolve(by=LEAD, now=after(90)),
        ),
    ),
    (
        "committee",
        About.SUSPENSION,
        (*ACCEPTED, SUSPENSION),
        (
            GrantSuspension(by=DISPATCHER, now=after(90)),
            RefuseSuspension(by=DISPATCHER, reason=sealed(), now=after(90)),
            WithdrawSuspension(by=LEAD, now=after(90)),
        ),
    ),
    (
        "police",
        About.TASK,
        (*CALLED, DECLINED),
        (
            ReleaseTask(by=DISPATCHER, unit="police", now=after(90)),
            TakeTaskOver(by=DISPATCHER, unit="police", now=after(90)),
        ),
    ),
]
ENDED = [(asker, asked, end) for asker, _, asked, ends in ASKED for end in ends]


def reached(asker: str, *, generation: int = 1, at: int = 181, above: str | None = "town") -> DeadlineReached:
    return DeadlineReached(
        clock=Clock.ANSWER, called=asker, generation=generation, next_unit=above, next_due=None, now=after(at)
    )


def answer_timers(before: Case | None, case: Case) -> list[TimerWish]:
    return [wish for wish in timers_after(before, case) if wish.kind is Clock.ANSWER]


@pytest.mark.parametrize(("asker", "about", "asked"), [each[:3] for each in ASKED])
def test_what_is_asked_has_a_timer_and_missed_it_is_told_one_level_up_with_the_question(
    asker: str, about: About, asked: tuple[Command, ...]
) -> None:
    case = given(*asked)

    assert answer_timers(given(*asked[:-1]), case) == [
        TimerWish(kind=Clock.ANSWER, called=asker, generation=1, due_at=after(180))
    ]
    assert decide(case, reached(asker)) == (
        DeadlineMissed(
            case_id=CASE_ID,
            at=after(181),
            clock=Clock.ANSWER,
            unit="grid",
            matter=matter(),
            deadline=after(180),
            asked_by=asker,
            about=about,
        ),
        CaseEscalated(
            case_id=CASE_ID,
            at=after(181),
            clock=Clock.ANSWER,
            level=1,
            from_unit="grid",
            to_unit="town",
            matter=matter(),
            asked_by=asker,
            about=about,
        ),
    )


@pytest.mark.parametrize(("asker", "asked", "end"), ENDED)
def test_answered_withdrawn_or_needed_no_more_its_timer_finds_nothing_to_do(
    asker: str, asked: tuple[Command, ...], end: Command
) -> None:
    case = given(*asked, end)

    assert decide(case, reached(asker)) == ()
    assert case.asked_of("grid") == ()
    assert answer_timers(given(*asked), case) == []


def test_asked_again_the_clock_is_a_new_one_and_the_old_timer_is_stale() -> None:
    refuse = RefuseExtension(by=DISPATCHER, reason=sealed(), now=after(90))
    again = replace(EXTENSION, answer_by=after(300), now=after(100))
    case = given(*ACCEPTED, EXTENSION, refuse, again)

    assert answer_timers(given(*ACCEPTED, EXTENSION, refuse), case) == [
        TimerWish(kind=Clock.ANSWER, called="committee", generation=2, due_at=after(300))
    ]
    assert decide(case, reached("committee", generation=1, at=301)) == ()
    assert len(decide(case, reached("committee", generation=2, at=301))) == 2


def test_who_is_asked_is_reminded_on_the_way_with_the_question() -> None:
    case = given(*ACCEPTED, replace(EXTENSION, warnings=(after(150),)))

    (warned,) = decide(case, reached("committee", at=150))

    assert isinstance(warned, DeadlineWarned)
    assert (warned.unit, warned.asked_by, warned.about) == ("grid", "committee", About.EXTENSION)
    assert warned.next_due == after(180)


def test_the_level_above_sees_the_case_and_nothing_else_of_it_has_changed() -> None:
    before = given(*ACCEPTED, EXTENSION)
    case = given(*ACCEPTED, EXTENSION, reached("committee"))
    town = Sight(actor=TOWN, units=frozenset({"town"}), areas=frozenset())

    assert (town.sees(before), town.sees(case), allowed(town, case, rulebook=RULEBOOK, now=after(200))) == (
        False,
        True,
        (),
    )
    assert (case.told, case.resolve, case.accept) == (before.told, before.resolve, before.accept)
    assert case.asked_of("grid")[0].answer.missed
    assert given(*ACCEPTED, EXTENSION, reached("committee"), GrantExtension(by=DISPATCHER, now=after(200)))


def test_the_case_keeps_its_own_deadline_where_that_is_earlier_than_the_answers() -> None:
    asked = given(*ACCEPTED, EXTENSION)
    late = given(*ACCEPTED, replace(EXTENSION, now=RESOLVE_BY, answer_by=RESOLVE_BY + timedelta(hours=2)))

    assert clock_for(DISPATCHER, asked) == (Clock.ANSWER, after(180))
    assert clock_for(DISPATCHER, late) == (Clock.RESOLVE, RESOLVE_BY)


def test_what_nobody_is_asked_in_particular_or_by_no_term_has_no_clock() -> None:
    old = given(*ACCEPTED, replace(EXTENSION, answer_by=None))

    assert (answer_timers(given(*ACCEPTED), old), decide(old, reached("committee"))) == ([], ())
