"""The case as a state machine: the table is whole, and holds what must hold of every cell."""

from collections import Counter
from functools import reduce

from services.case_states import ACTS, BY_ITSELF, PEOPLE, SITUATIONS, Answer, case_in, permissions, states
from services.routing.domain.case import Case, Status, evolve
from services.routing.domain.case.commands import DeadlineReached, ImportCase, MoveCase, OpenCase
from services.routing.domain.errors.access import ReadsOnlyError
from services.routing.domain.errors.finishing import DoerCannotVerifyError
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.handlers.acts import ACTS as HANDLED
from services.routing.projections import Columns, columns_of
from shared.contracts.routing import Clock, Urgency
from tests.unit.routing.routing_samples import commands

TABLE = dict(states())
DOER, _, CALLED, _, _, SUPERVISOR, STRANGER = PEOPLE


def test_every_act_and_every_command_stands_in_the_table() -> None:
    sample = case_in("处置中 accepted")
    asked = {type(command(PEOPLE[DOER].actor)) for command in ACTS.values()}
    by_itself = Counter(type(command(sample)) for command in BY_ITSELF.values())

    assert ACTS.keys() == {*HANDLED, "contact"}
    assert asked | {*by_itself} == commands() - {OpenCase, ImportCase}
    # Each command stands there once; but each clock that runs out, follow-ups apart, and both moves by the district.
    assert by_itself == {**dict.fromkeys(by_itself, 1), DeadlineReached: len(Clock) - 1, MoveCase: 2}


def test_every_status_stands_in_the_table() -> None:
    assert {case_in(each).status for each in SITUATIONS} == set(Status)


def test_every_act_is_taken_somewhere_and_refused_somewhere_but_notes() -> None:
    for name, answers in TABLE.items():
        assert any(answer.events for answer in answers.values()), name
        assert name == "note" or not all(answer.events for answer in answers.values()) or name in BY_ITSELF, name


def test_after_its_end_a_case_takes_notes_follow_ups_and_the_reporters_word_alone() -> None:
    taken = {name for name, answers in TABLE.items() if answers["已结单 closed"].events}

    assert taken == {"note", "contact", "follow-up", "(the reporter says “not fixed”)"}


def test_a_case_that_stands_still_stays_where_it_is_until_its_clock_runs_on() -> None:
    taken = {name for name, answers in TABLE.items() if answers["已挂账 suspended"].events}

    assert taken.isdisjoint({"resolve", "return", "transfer", "extend", "suspend", "(the resolve clock runs out)"})
    assert {"note", "whistle", "suspend-end", "(the end of the suspension comes)"} <= taken


def test_no_case_is_resolved_while_a_called_unit_has_something_to_do() -> None:
    open_parts = [each for each in SITUATIONS if case_in(each).open_parts]

    assert len(open_parts) == 3
    assert not any(TABLE["resolve"][each].events for each in open_parts)


def test_who_is_not_concerned_learns_nothing_and_who_supervises_changes_nothing() -> None:
    told = [answers for _, _, answers in permissions()]

    assert {answers[STRANGER].refusal for answers in told} == {CaseUnknownError}
    assert {answers[SUPERVISOR].refusal for answers in told} == {ReadsOnlyError}


def test_nobody_judges_their_own_work() -> None:
    own = [answers[DOER] for act, _, answers in permissions() if act in ("verify-pass", "verify-fail")]

    assert own == [Answer(refusal=DoerCannotVerifyError)] * 4


def test_a_called_unit_does_its_part_and_nothing_of_the_lead() -> None:
    called = [told for told in permissions() if case_in(told[1]).unit != "called"]
    may = {act for act, _, answers in called if answers[CALLED].events}

    assert may == {"note", "contact", "report-in", "task-done", "task-decline", "follow-up-done", "follow-up-recurred"}


def test_who_is_awaited_is_replaced_where_somebody_is_awaited_and_nowhere_else() -> None:
    answers = TABLE["(the district has who verifies or answers no more)"]

    assert {each for each, answer in answers.items() if answer.events} == {
        "不属本单位 declined",
        "已申请延期 extension asked",
        "已申请挂账 suspension asked",
        "已处置，等指定单位核查 resolved, verifier named",
    }


def test_of_what_a_case_is_about_nothing_but_its_category_ever_changes() -> None:
    """Figures tell past periods by the categories of then, and keep no past of anything else."""
    changes = set()
    for name, answers in TABLE.items():
        for situation, answer in answers.items():
            case = case_in(situation)
            now = reduce(evolve, answer.events, case).matter

            assert now.model_copy(update={"category": case.matter.category}) == case.matter, (name, situation)
            said = (getattr(event, "matter", None) for event in answer.events)
            assert all(matter in (None, now) for matter in said), (name, situation)
            changes |= {name} if now != case.matter else set()

    assert changes == {"categorise"}


def test_in_every_cell_the_row_says_what_the_case_says() -> None:
    for name, answers in TABLE.items():
        for situation, answer in answers.items():
            case = case_in(situation)

            known = {"accepted_by": "whoever accepted it"} | read_off(case)
            row = reduce(lambda before, event: before | columns_of(event), answer.events, known)

            assert row.items() >= read_off(reduce(evolve, answer.events, case)).items(), (name, situation)


def read_off(case: Case) -> Columns:
    """What the list shows of a case, by the case itself."""
    ends = {
        "accept_by": case.accept.deadline,
        "first_response_by": case.first_response.deadline,
        "resolve_by": case.resolve.deadline,
        "verify_by": case.verify.deadline if case.status is Status.RESOLVED else None,
        "suspended_until": case.suspension.until if case.suspension and case.is_suspended else None,
    }
    return {
        "status": case.status,
        "unit": case.unit,
        "verifier": case.verifier,
        "place": case.matter.place,
        "area": case.matter.area,
        "category": case.matter.category,
        "urgent": case.matter.urgency is Urgency.URGENT,
        "duplicates": len(case.duplicates),
        "history": case.history,
        **{name: at.isoformat() if at else None for name, at in ends.items()},
        **_people(case),
    }


def _people(case: Case) -> Columns:
    """Whose it is, and was, where the list looks at that."""
    return {
        **({"left_unit": case.left_unit} if case.unit is None else {}),
        **({"accepted_by": None} if case.status in (Status.UNASSIGNED, Status.ASSIGNED, Status.MERGED) else {}),
        **({"resolved_by": case.resolved_by} if case.status is Status.RESOLVED and case.master is None else {}),
    }
