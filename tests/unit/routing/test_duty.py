"""A unit's duty: handed over, swapped in two steps or by the lead, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.routing.domain.case.actor import Actor
from services.routing.domain.duty import Shifts, decide, evolve
from services.routing.domain.duty.commands import (
    AcceptSwap,
    AskSwap,
    Command,
    DeclineSwap,
    HandOver,
    LapseSwap,
    Roster,
    WithdrawSwap,
)
from services.routing.domain.duty.decisions import NOBODY, turns_of
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
from services.routing.domain.duty.state import LAPSED_KEPT
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.access import ReadsOnlyError
from services.routing.domain.permissions import DUTY_TABLE, Action, Relation, Whose, is_allowed
from shared.contracts.directory import DutyDefined, Role, Shift
from shared.contracts.duty import (
    DutyEvent,
    DutyHandedOver,
    SwapAccepted,
    SwapAsked,
    SwapDeclined,
    SwapLapsed,
    SwapWithdrawn,
)
from shared.contracts.envelope import Sealed
from shared.directory.rota import Turn

# A Tuesday, 21:05 in Shanghai: b's night, after it a's day, and so on.
NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
SEVEN, NINETEEN = datetime(2026, 4, 28, 23, tzinfo=UTC), datetime(2026, 4, 29, 11, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
WORDS = Sealed(person="staff-b", key_version=1, box="box")
ROTA = DutyDefined(
    at=NOW,
    id="property",
    edition=1,
    shifts=(
        Shift(person="a", from_minute=7 * 60, to_minute=19 * 60),
        Shift(person="b", from_minute=19 * 60),
        Shift(person="b", to_minute=7 * 60),
    ),
)
# d only reads, and the rules lead to their unit.
ROLES = {**dict.fromkeys("abc", Role.HANDLER), "d": Role.AUDITOR, "lead": Role.LEAD, "boss": Role.LEAD}
ROSTER = Roster(
    unit="property",
    rota=ROTA,
    present=frozenset({"a", "b"}),
    people=frozenset(ROLES),
    roles=ROLES,
    acting=True,
)
A, B, C = (Actor(person=each, unit="property", role=Role.HANDLER) for each in "abc")
LEAD = Actor(person="lead", unit="property", role=Role.LEAD)
SWAP = UUID(int=7)


def hand_over(by: Actor = B, to: str = "c", **more: Any) -> HandOver:
    given: dict[str, Any] = {"hours": None, "roster": ROSTER, "now": NOW, **more}
    return HandOver(by=by, change=UUID(int=1), to_person=to, note=WORDS, **given)


def ask(by: Actor = A, *, turn: datetime = SEVEN, other: datetime = NINETEEN, **more: Any) -> AskSwap:
    given: dict[str, Any] = {"swap": SWAP, "roster": ROSTER, "now": NOW, **more}
    return AskSwap(by=by, turn=turn, other=other, note=WORDS, **given)


def after(*commands: Command, shifts: Shifts | None = None) -> Shifts:
    state = shifts or Shifts()
    for command in commands:
        for event in decide(state, command):
            state = evolve(state, event)
    return state


def first_turns(shifts: Shifts, *, at: datetime = NOW) -> list[tuple[str, datetime]]:
    return [(turn.person, turn.start) for turn in turns_of(shifts, ROSTER, at)[:3]]


def test_who_takes_over_answers_from_now_to_the_end_of_the_turn() -> None:
    shifts = after(hand_over())

    assert turns_of(shifts, ROSTER, NOW)[:2] == [Turn("c", NOW, SEVEN), Turn("a", SEVEN, NINETEEN)]
    assert [(each.from_person, each.note) for each in shifts.handed_over] == [("b", WORDS)]


def test_for_some_hours_and_then_the_turn_goes_on() -> None:
    shifts = after(hand_over(hours=2))

    assert first_turns(shifts) == [("c", NOW), ("b", NOW + timedelta(hours=2)), ("a", SEVEN)]


def test_no_hour_is_handed_over_that_is_not_of_the_turn() -> None:
    (event,) = decide(Shifts(), hand_over(hours=72))

    assert isinstance(event, DutyHandedOver)
    assert event.until == SEVEN


def test_who_took_over_can_give_it_back() -> None:
    later = NOW + timedelta(minutes=30)

    shifts = after(hand_over(), hand_over(by=C, to="b", now=later))

    assert first_turns(shifts, at=later)[0] == ("b", later)


def test_who_is_always_on_duty_says_for_how_long() -> None:
    roster = replace(ROSTER, rota=ROTA.model_copy(update={"shifts": (Shift(person="b"),)}))

    with pytest.raises(HoursMissingError):
        decide(Shifts(), hand_over(roster=roster))
    (event,) = decide(Shifts(), hand_over(roster=roster, hours=8))

    assert isinstance(event, DutyHandedOver)
    assert event.until == NOW + timedelta(hours=8)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (hand_over(by=A), NotOnDutyError),
        (hand_over(to="b"), NotOfTheUnitError),
        (hand_over(to="stranger"), NotOfTheUnitError),
        (hand_over(to="d"), MayNotAnswerError),
        (hand_over(by=LEAD, to="d"), MayNotAnswerError),
        (hand_over(roster=replace(ROSTER, rota=None)), NobodyOnDutyError),
        (ask(turn=NINETEEN, other=SEVEN), TurnNotYoursError),
        (ask(turn=NOW), TurnUnknownError),
        (ask(other=SEVEN + ONE_DAY), TurnUnknownError),
        (AcceptSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP), SwapOverError),
    ],
)
def test_what_cannot_be_done_is_refused(command: Command, refusal: type[RoutingError]) -> None:
    with pytest.raises(refusal):
        decide(Shifts(), command)


def of_role(**roles: Role) -> Roster:
    return replace(ROSTER, roles={**ROLES, **roles})


@pytest.mark.parametrize("by", [A, LEAD])
@pytest.mark.parametrize(("person", "field"), [("a", "turn"), ("b", "other")])
def test_no_turn_is_swapped_with_somebody_whose_role_may_accept_nothing(by: Actor, person: str, field: str) -> None:
    with pytest.raises(MayNotAnswerError) as refused:
        decide(Shifts(), ask(by=by, roster=of_role(**{person: Role.VERIFIER})))

    assert [each.field for each in refused.value.faults] == [field]


@pytest.mark.parametrize("person", ["a", "b"])
def test_a_swap_is_not_agreed_to_once_a_role_may_accept_nothing_any_more(person: str) -> None:
    roster = of_role(**{person: Role.AUDITOR})

    with pytest.raises(MayNotAnswerError):
        decide(after(ask()), AcceptSwap(by=LEAD, roster=roster, now=NOW, swap=SWAP))


def test_where_no_rule_leads_any_role_takes_over() -> None:
    (event,) = decide(Shifts(), hand_over(to="d", roster=replace(ROSTER, acting=False)))

    assert event.to_person == "d"


@pytest.mark.parametrize("role", Role)
def test_who_takes_over_is_who_the_check_of_a_file_lets_be_on_duty(role: Role) -> None:
    roster = of_role(c=role)

    assert roster.may_answer("c") is is_allowed(role, Action.ACCEPT, frozenset({Relation.OWN}))


def test_a_lead_hands_over_for_who_is_on_duty() -> None:
    assert first_turns(after(hand_over(by=LEAD)))[0] == ("c", NOW)


def test_a_swap_that_is_asked_for_changes_nothing_until_it_is_accepted() -> None:
    asked = after(ask())
    accepted = after(AcceptSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP), shifts=asked)

    assert first_turns(asked) == [("b", NOW), ("a", SEVEN), ("b", NINETEEN)]
    # b goes on through a's day, and a answers in b's night and in the day that was a's own anyway.
    assert first_turns(accepted) == [("b", NOW), ("a", NINETEEN), ("b", NINETEEN + ONE_DAY)]
    assert not accepted.swaps


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (AcceptSwap(by=LEAD, roster=ROSTER, now=NOW, swap=SWAP), SwapAccepted),
        (DeclineSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP, reason=WORDS), SwapDeclined),
        (WithdrawSwap(by=A, roster=ROSTER, now=NOW, swap=SWAP), SwapWithdrawn),
    ],
)
def test_a_swap_is_answered_once(answer: Command, event: type[DutyEvent]) -> None:
    asked = after(ask())

    assert [type(each) for each in decide(asked, answer)] == [event]
    with pytest.raises(SwapOverError):
        decide(after(answer, shifts=asked), answer)


@pytest.mark.parametrize(
    "answer",
    [
        AcceptSwap(by=A, roster=ROSTER, now=NOW, swap=SWAP),
        DeclineSwap(by=C, roster=ROSTER, now=NOW, swap=SWAP, reason=WORDS),
        WithdrawSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP),
    ],
)
def test_only_who_was_asked_answers_and_only_who_asked_withdraws(answer: Command) -> None:
    with pytest.raises(SwapNotYoursError):
        decide(after(ask()), answer)


@pytest.mark.parametrize(
    "again",
    [
        ask(swap=UUID(int=8), other=NINETEEN + ONE_DAY),
        ask(swap=UUID(int=8), turn=SEVEN + ONE_DAY),
        ask(B, swap=UUID(int=8), turn=NINETEEN, other=SEVEN + ONE_DAY),
        ask(B, swap=UUID(int=8), turn=NINETEEN + ONE_DAY, other=SEVEN),
    ],
)
def test_a_turn_that_waits_for_an_answer_is_asked_for_in_no_second_swap(again: AskSwap) -> None:
    with pytest.raises(SwapAskedError):
        decide(after(ask()), again)


def test_turns_that_wait_for_nothing_are_swapped_beside_those_that_do() -> None:
    other = ask(swap=UUID(int=8), turn=SEVEN + ONE_DAY, other=NINETEEN + ONE_DAY)

    assert after(ask(), other).swaps.keys() == {SWAP, UUID(int=8)}


@pytest.mark.parametrize("now", [SEVEN, SEVEN + ONE_DAY])
def test_a_swap_whose_first_turn_has_begun_is_over(now: datetime) -> None:
    with pytest.raises(SwapOverError):
        decide(after(ask()), AcceptSwap(by=B, roster=ROSTER, now=now, swap=SWAP))


def test_a_swap_of_a_turn_that_changed_hands_meanwhile_is_over() -> None:
    moved = after(ask(), ask(by=LEAD, swap=UUID(int=9), turn=SEVEN + ONE_DAY, other=NINETEEN + ONE_DAY))
    gone = replace(ROSTER, present=frozenset({"a"}), people=frozenset({"a", "c"}))

    with pytest.raises(SwapOverError):
        decide(moved, AcceptSwap(by=B, roster=gone, now=NOW, swap=SWAP))


def without(*gone: str) -> Roster:
    """The unit by an edition that has these people no more, and the rota as it was."""
    left = {person: role for person, role in ROLES.items() if person not in gone}
    return replace(ROSTER, people=frozenset(left), present=ROSTER.present - set(gone), roles=left)


def test_who_took_over_and_is_gone_answers_no_more_and_who_had_the_turn_does() -> None:
    shifts = after(hand_over())

    assert turns_of(shifts, without("c"), NOW)[0] == Turn("b", NOW, SEVEN)


@pytest.mark.parametrize("gone", ["a", "b"])
def test_a_swap_that_names_somebody_who_is_gone_is_not_agreed_to(gone: str) -> None:
    with pytest.raises(SwapOverError):
        decide(after(ask()), AcceptSwap(by=LEAD, roster=without(gone), now=NOW, swap=SWAP))


@pytest.mark.parametrize(
    "ends",
    [
        WithdrawSwap(by=A, roster=without("b"), now=NOW, swap=SWAP),
        DeclineSwap(by=B, roster=without("a"), now=NOW, swap=SWAP, reason=WORDS),
        DeclineSwap(by=LEAD, roster=without("a", "b"), now=NOW, swap=SWAP, reason=WORDS),
        LapseSwap(unit="property", swap=SWAP, now=SEVEN),
    ],
)
def test_nor_does_it_stand_in_the_way_of_anybody_who_is_left(ends: Command) -> None:
    ended = after(ends, shifts=after(ask()))

    assert [swap.id for swap in ended.swaps.values() if not swap.lapsed] == []


def test_a_lead_moves_both_turns_at_once_and_each_is_told() -> None:
    events = decide(Shifts(), ask(by=LEAD))

    assert [(each.from_person, each.to_person) for each in events] == [("a", "b"), ("b", "a")]
    assert {type(each) for each in events} == {DutyHandedOver}


@pytest.mark.parametrize("role", sorted(set(Role) - DUTY_TABLE.keys()))
def test_who_only_reads_moves_no_turn_not_even_their_own(role: Role) -> None:
    with pytest.raises(ReadsOnlyError):
        decide(Shifts(), hand_over(by=Actor(person="b", unit="property", role=role)))


@pytest.mark.parametrize("role", sorted(DUTY_TABLE))
def test_the_table_says_whose_turn_a_role_hands_over(role: Role) -> None:
    boss = Actor(person="boss", unit="property", role=role)

    try:
        decide(Shifts(), hand_over(by=boss))
        moves_others = True
    except NotOnDutyError:
        moves_others = False

    assert moves_others is (DUTY_TABLE[role] is Whose.UNIT)


def lapse(now: datetime = SEVEN) -> LapseSwap:
    return LapseSwap(unit="property", swap=SWAP, now=now)


def test_a_swap_that_nobody_answered_lapses_once_when_its_first_turn_begins() -> None:
    (event,) = decide(after(ask()), lapse())

    assert isinstance(event, SwapLapsed)
    assert (event.from_person, event.to_person, event.by) == ("a", "b", NOBODY)
    assert (event.given.start, event.taken.start) == (SEVEN, NINETEEN)
    assert decide(evolve(after(ask()), event), lapse()) == []
    assert first_turns(evolve(after(ask()), event)) == first_turns(Shifts())


@pytest.mark.parametrize(
    "shifts",
    [
        Shifts(),
        after(ask(), AcceptSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP)),
        after(ask(), DeclineSwap(by=B, roster=ROSTER, now=NOW, swap=SWAP, reason=WORDS)),
        after(ask(), WithdrawSwap(by=A, roster=ROSTER, now=NOW, swap=SWAP)),
    ],
)
def test_a_swap_that_was_answered_or_withdrawn_does_not_lapse(shifts: Shifts) -> None:
    assert decide(shifts, lapse()) == []


def test_a_swap_lapses_late_too_though_the_duty_has_changed_since_but_not_early() -> None:
    changed = after(hand_over(by=A, to="c", now=SEVEN + timedelta(minutes=1)), shifts=after(ask()))

    assert [type(each) for each in decide(changed, lapse(SEVEN + ONE_DAY))] == [SwapLapsed]
    assert decide(after(ask()), lapse(SEVEN - timedelta(seconds=1))) == []


def test_what_is_over_is_forgotten() -> None:
    asked = decide(after(ask()), ask(by=LEAD, swap=UUID(int=9), turn=SEVEN + ONE_DAY, other=NINETEEN + ONE_DAY))
    shifts = after(hand_over(hours=1), ask())

    late = evolve(shifts, asked[0].model_copy(update={"at": SEVEN + ONE_DAY}))

    assert len(late.covers) == 1
    assert evolve(late, asked[0].model_copy(update={"at": SEVEN + LAPSED_KEPT})).swaps.keys() == set()


def test_asking_tells_whose_turns_and_when() -> None:
    (event,) = decide(Shifts(), ask())

    assert isinstance(event, SwapAsked)
    assert (event.given.start, event.given.until, event.taken.start) == (SEVEN, NINETEEN, NINETEEN)
