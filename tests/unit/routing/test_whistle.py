"""吹哨报到: several units act together on one case, and nobody's absence or open task is hidden."""

from dataclasses import replace

import pytest

from services.routing.domain.case import Case, Status, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    BlowWhistle,
    Call,
    Close,
    Command,
    DeadlineReached,
    DeclineTask,
    FailVerification,
    FinishTask,
    InsistOnTask,
    PassVerification,
    ReleaseTask,
    ReportIn,
    Resolve,
    TakeTaskOver,
    Transfer,
)
from services.routing.domain.case.joint import PartState
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import AlreadyResolvedError, DoerCannotVerifyError, TookPartError
from services.routing.domain.errors.handling import AlreadyClosedError, SameUnitError, WrongUnitError
from services.routing.domain.errors.joint_work import (
    AlreadyCalledError,
    AlreadyReportedInError,
    JointTasksOpenError,
    NotCalledError,
    NotCoordinatingError,
    NotDeclinedError,
    NotReportedInError,
)
from shared.contracts.directory import Role
from shared.contracts.routing import (
    CaseEscalated,
    Clock,
    DeadlineMissed,
    JointTaskDeclined,
    JointTaskTakenOver,
    UnitReportedIn,
    WhistleBlown,
)
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    after,
    given,
    matter,
    open_case,
    sealed,
)

POLICE = Actor(person="police-duty-1", unit="police", role=Role.HANDLER)
POLICE_LEAD = Actor(person="police-lead", unit="police", role=Role.LEAD)
TRAFFIC = Actor(person="traffic-duty-1", unit="traffic", role=Role.HANDLER)

ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
WHISTLE = BlowWhistle(
    by=DISPATCHER,
    calls=(Call(unit="police", report_by=after(20)), Call(unit="traffic", report_by=after(20))),
    task=sealed(),
    now=after(5),
)
REPORT = ReportIn(by=POLICE, now=after(12))
DONE = FinishTask(by=POLICE, note=sealed(), now=after(90))
DECLINE = DeclineTask(by=TRAFFIC, reason=sealed(), now=after(10))
RELEASE = ReleaseTask(by=DISPATCHER, unit="traffic", now=after(15))
INSIST = InsistOnTask(by=DISPATCHER, unit="traffic", reason=sealed(), report_by=after(40), now=after(15))
RESOLVE = Resolve(by=LEAD, note=sealed(), now=after(120))


def state_of(case: Case, unit: str) -> PartState:
    return case.joint[unit].state


def report_in_missed(case: Case, unit: str, **said: object) -> DeadlineReached:
    generation = case.joint[unit].report_in.generation
    values = {"next_unit": "town", "next_due": after(35), "now": after(20), **said}
    return DeadlineReached(clock=Clock.REPORT_IN, called=unit, generation=generation, **values)  # type: ignore[arg-type]


def test_each_called_unit_has_its_own_event_with_its_task_and_its_time() -> None:
    case = given(*ACCEPTED)

    first, second = decide(case, WHISTLE)

    assert first == WhistleBlown(
        case_id=CASE_ID,
        at=after(5),
        unit="police",
        lead="committee",
        by="grid-dispatcher-1",
        by_unit="grid",
        task=sealed(),
        matter=matter(),
        report_by=after(20),
    )
    assert isinstance(second, WhistleBlown)
    assert second.unit == "traffic"


def test_the_unit_that_has_the_case_keeps_it() -> None:
    case = given(*ACCEPTED, WHISTLE)

    assert (case.unit, case.status) == ("committee", Status.ACCEPTED)
    assert {part.unit for part in case.open_parts} == {"police", "traffic"}


@pytest.mark.parametrize("caller", [LEAD, DISPATCHER])
def test_the_unit_that_accepted_and_the_grid_may_blow_the_whistle(caller: Actor) -> None:
    blown = BlowWhistle(by=caller, calls=(Call(unit="police"),), task=sealed(), now=after(5))

    assert len(decide(given(*ACCEPTED), blown)) == 1


@pytest.mark.parametrize(
    ("history", "by", "refusal"),
    [
        (ACCEPTED, PROPERTY, NotCoordinatingError),
        (ACCEPTED[:1], LEAD, NotCoordinatingError),
        ((*ACCEPTED, RESOLVE), LEAD, AlreadyResolvedError),
        (
            (
                *ACCEPTED,
                RESOLVE,
                PassVerification(by=COLLEAGUE, now=after(130)),
                Close(by=COLLEAGUE, now=after(131)),
            ),
            DISPATCHER,
            AlreadyClosedError,
        ),
    ],
)
def test_nobody_else_may_and_nobody_once_it_is_done(
    history: tuple[Command, ...], by: Actor, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*history), BlowWhistle(by=by, calls=(Call(unit="police"),), task=sealed(), now=after(140)))


@pytest.mark.parametrize(("unit", "refusal"), [("committee", SameUnitError), ("police", AlreadyCalledError)])
def test_neither_the_lead_nor_who_is_busy_with_it_is_called(unit: str, refusal: type[RoutingError]) -> None:
    with pytest.raises(refusal):
        decide(
            given(*ACCEPTED, WHISTLE),
            BlowWhistle(by=DISPATCHER, calls=(Call(unit=unit),), task=sealed(), now=after(6)),
        )


@pytest.mark.parametrize(("minute", "in_time"), [(12, True), (20, True), (21, False)])
def test_a_called_unit_reports_in_and_it_is_said_whether_in_time(minute: int, in_time: bool) -> None:
    case = given(*ACCEPTED, WHISTLE)

    (reported,) = decide(case, ReportIn(by=POLICE, now=after(minute)))

    assert reported == UnitReportedIn(
        case_id=CASE_ID, at=after(minute), unit="police", by="police-duty-1", in_time=in_time
    )
    assert evolve(case, reported).joint["police"].report_in.due_at is None


def test_without_a_clock_nobody_is_in_time_or_late() -> None:
    blown = BlowWhistle(by=DISPATCHER, calls=(Call(unit="police"),), task=sealed(), now=after(5))

    (reported,) = decide(given(*ACCEPTED, blown), REPORT)

    assert isinstance(reported, UnitReportedIn)
    assert reported.in_time is None


@pytest.mark.parametrize(
    ("history", "act", "refusal"),
    [
        ((), ReportIn(by=PROPERTY, now=after(12)), NotCalledError),
        ((REPORT,), REPORT, AlreadyReportedInError),
        ((), DONE, NotReportedInError),
        ((REPORT, DONE), DONE, NotCalledError),
        ((DECLINE,), DECLINE, NotCalledError),
        ((), RELEASE, NotDeclinedError),
        ((DECLINE,), ReleaseTask(by=LEAD, unit="traffic", now=after(15)), NotCoordinatingError),
        ((DECLINE, RELEASE), ReportIn(by=TRAFFIC, now=after(16)), NotCalledError),
        ((), TakeTaskOver(by=POLICE, unit="traffic", now=after(15)), NotCoordinatingError),
        ((REPORT, DONE), TakeTaskOver(by=LEAD, unit="police", now=after(95)), NotCalledError),
        ((), Resolve(by=POLICE, now=after(30)), WrongUnitError),
        ((), Transfer(by=POLICE, to_unit="traffic", accept_by=None, directory_version=1, now=after(6)), WrongUnitError),
    ],
)
def test_what_a_called_unit_or_its_coordinator_may_not_do(
    history: tuple[Command, ...], act: Command, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*ACCEPTED, WHISTLE, *history), act)


def test_a_refusal_goes_to_whose_whistle_it_was_and_leaves_the_task_open() -> None:
    case = given(*ACCEPTED, WHISTLE)

    (declined,) = decide(case, DECLINE)

    assert isinstance(declined, JointTaskDeclined)
    assert (declined.unit, declined.to_unit) == ("traffic", "grid")
    assert evolve(case, declined).joint["traffic"].is_open


def test_the_grid_agrees_with_a_refusal() -> None:
    assert state_of(given(*ACCEPTED, WHISTLE, DECLINE, RELEASE), "traffic") is PartState.RELEASED


def test_or_it_insists_and_a_fresh_clock_runs() -> None:
    part = given(*ACCEPTED, WHISTLE, DECLINE, INSIST).joint["traffic"]

    assert (part.state, part.report_in.due_at) == (PartState.CALLED, after(40))


def test_a_refusal_does_not_make_a_late_unit_punctual() -> None:
    late = report_in_missed(given(*ACCEPTED, WHISTLE), "traffic")
    decline, insist = replace(DECLINE, now=after(25)), replace(INSIST, now=after(30))
    case = given(*ACCEPTED, WHISTLE, late, decline, insist)

    (reported,) = decide(case, ReportIn(by=TRAFFIC, now=after(35)))

    assert isinstance(reported, UnitReportedIn)
    assert reported.in_time is False
    assert evolve(case, reported).joint["traffic"].is_late


def test_nor_does_it_make_a_punctual_one_late() -> None:
    there = ReportIn(by=TRAFFIC, now=after(10))
    decline, insist = replace(DECLINE, now=after(30)), replace(INSIST, now=after(31), report_by=after(50))

    (reported,) = decide(given(*ACCEPTED, WHISTLE, there, decline, insist), ReportIn(by=TRAFFIC, now=after(40)))

    assert isinstance(reported, UnitReportedIn)
    assert reported.in_time is True


def test_who_took_a_task_over_does_not_verify_either() -> None:
    ends = [TakeTaskOver(by=DISPATCHER, unit=unit, now=after(60)) for unit in ("traffic", "police")]

    with pytest.raises(DoerCannotVerifyError):
        decide(given(*ACCEPTED, WHISTLE, *ends, RESOLVE), PassVerification(by=DISPATCHER, now=after(130)))


def test_the_level_above_an_absent_unit_may_not_give_the_case_away() -> None:
    case = given(*ACCEPTED, WHISTLE, report_in_missed(given(*ACCEPTED, WHISTLE), "traffic"))
    town = Actor(person="town-1", unit="town", role=Role.HANDLER)

    with pytest.raises(WrongUnitError):
        decide(case, Transfer(by=town, to_unit="property", accept_by=None, directory_version=1, now=after(40)))
    assert case.watching == ("town",)


def test_the_case_does_not_go_to_a_unit_that_is_still_called_to_it() -> None:
    transfer = Transfer(by=DISPATCHER, to_unit="police", accept_by=None, directory_version=1, now=after(6))

    with pytest.raises(AlreadyCalledError):
        decide(given(*ACCEPTED, WHISTLE), transfer)


def test_units_are_called_for_today_also_on_a_case_of_another_systems_past() -> None:
    events = decide(replace(given(*ACCEPTED), history=True), WHISTLE)

    assert [event.history for event in events] == [False, False]


def test_who_takes_a_task_over_is_named() -> None:
    (taken,) = decide(given(*ACCEPTED, WHISTLE), TakeTaskOver(by=LEAD, unit="traffic", now=after(60)))

    assert taken == JointTaskTakenOver(
        case_id=CASE_ID, at=after(60), unit="traffic", by="committee-lead-1", by_unit="committee"
    )


@pytest.mark.parametrize(
    "parts",
    [(), (REPORT,), (REPORT, DONE), (DECLINE, RELEASE), (REPORT, DONE, DECLINE)],
)
def test_the_lead_cannot_resolve_while_a_task_is_open(parts: tuple[Command, ...]) -> None:
    with pytest.raises(JointTasksOpenError):
        decide(given(*ACCEPTED, WHISTLE, *parts), RESOLVE)


@pytest.mark.parametrize(
    "end", [RELEASE, TakeTaskOver(by=LEAD, unit="traffic", now=after(60))], ids=["released", "taken over"]
)
def test_it_resolves_when_every_task_is_done_released_or_taken_over(end: Command) -> None:
    case = given(*ACCEPTED, WHISTLE, REPORT, DONE, DECLINE, end, RESOLVE)

    assert case.status is Status.RESOLVED


def test_who_did_a_joint_task_does_not_verify_the_case() -> None:
    end = TakeTaskOver(by=LEAD, unit="traffic", now=after(60))
    case = given(*ACCEPTED, WHISTLE, REPORT, DONE, end, RESOLVE)

    with pytest.raises(DoerCannotVerifyError):
        decide(case, PassVerification(by=POLICE, now=after(130)))


def test_nor_when_the_unit_was_called_again_for_something_else() -> None:
    again = BlowWhistle(by=DISPATCHER, calls=(Call(unit="police"),), task=sealed(), now=after(100))
    ends = [TakeTaskOver(by=LEAD, unit=unit, now=after(110)) for unit in ("traffic", "police")]
    case = given(*ACCEPTED, WHISTLE, REPORT, DONE, again, *ends, RESOLVE)

    with pytest.raises(DoerCannotVerifyError):
        decide(case, PassVerification(by=POLICE, now=after(130)))


@pytest.mark.parametrize(
    "end",
    [
        PassVerification(by=POLICE_LEAD, now=after(130)),
        FailVerification(by=POLICE_LEAD, reason=sealed(), resolve_by=None, now=after(130)),
        Close(by=POLICE_LEAD, now=after(130)),
    ],
    ids=lambda end: type(end).__name__,
)
def test_who_is_only_called_does_not_judge_the_work_of_the_unit_that_has_the_case(end: Command) -> None:
    taken_over = TakeTaskOver(by=LEAD, unit="traffic", now=after(60))
    verified = [PassVerification(by=COLLEAGUE, now=after(125))] if isinstance(end, Close) else []
    case = given(*ACCEPTED, WHISTLE, REPORT, DONE, taken_over, RESOLVE, *verified)

    with pytest.raises(TookPartError):
        decide(case, end)


def test_the_grid_may_judge_joint_work_though_it_was_called_itself() -> None:
    grid = BlowWhistle(by=LEAD, calls=(Call(unit="grid"),), task=sealed(), now=after(5))
    own = TakeTaskOver(by=LEAD, unit="grid", now=after(60))
    case = given(*ACCEPTED, grid, ReportIn(by=DISPATCHER, now=after(6)), own, RESOLVE)

    assert decide(case, PassVerification(by=DISPATCHER, now=after(130)))


def test_every_called_unit_has_a_timer_of_its_own() -> None:
    before = given(*ACCEPTED)

    assert timers_after(before, given(*ACCEPTED, WHISTLE)) == [
        TimerWish(kind=Clock.REPORT_IN, called="police", generation=1, due_at=after(20)),
        TimerWish(kind=Clock.REPORT_IN, called="traffic", generation=1, due_at=after(20)),
    ]


def test_who_does_not_report_in_is_named_and_the_level_above_is_told() -> None:
    case = given(*ACCEPTED, WHISTLE, REPORT)

    missed, escalated = decide(case, report_in_missed(case, "traffic"))

    assert isinstance(missed, DeadlineMissed)
    assert (missed.clock, missed.unit, missed.deadline) == (Clock.REPORT_IN, "traffic", after(20))
    assert isinstance(escalated, CaseEscalated)
    assert (escalated.from_unit, escalated.to_unit, escalated.level) == ("traffic", "town", 1)
    assert case.unit == "committee"


def test_the_next_step_of_the_ladder_tells_more_and_misses_nothing_twice() -> None:
    case = given(*ACCEPTED, WHISTLE)
    once = given(*ACCEPTED, WHISTLE, report_in_missed(case, "traffic"))

    again = decide(once, report_in_missed(once, "traffic", next_unit="district", next_due=None, now=after(35)))

    assert [type(event) for event in again] == [CaseEscalated]


def test_the_timer_of_who_has_reported_in_does_nothing() -> None:
    before = given(*ACCEPTED, WHISTLE)

    assert decide(given(*ACCEPTED, WHISTLE, REPORT), report_in_missed(before, "police")) == ()


def test_a_unit_that_is_called_again_is_not_woken_by_its_first_timer() -> None:
    first = given(*ACCEPTED, WHISTLE)
    again = BlowWhistle(
        by=DISPATCHER, calls=(Call(unit="police", report_by=after(200)),), task=sealed(), now=after(100)
    )
    case = given(*ACCEPTED, WHISTLE, REPORT, DONE, again)

    assert state_of(case, "police") is PartState.CALLED
    assert decide(case, report_in_missed(first, "police", now=after(300))) == ()
