"""交办: of the units that were called together one is given the job, and leads from then on."""

from dataclasses import replace

import pytest

from services.routing.domain.case import Status, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    Command,
    DeclineTask,
    Entrust,
    FinishTask,
    GrantSuspension,
    ReportIn,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.case.joint import PartState
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.joint_work import (
    AlreadyCalledError,
    JointTasksOpenError,
    NotCalledError,
    NotCoordinatingError,
    NotThereYetError,
)
from services.routing.domain.errors.more_time import SuspendedError
from shared.contracts.directory import Role
from shared.contracts.routing import CaseTransferred, JointTaskEntrusted
from tests.unit.routing.routing_samples import (
    CASE_ID,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RESOLVE_BY,
    after,
    folded,
    given,
    open_case,
    sealed,
)

POLICE = Actor(person="police-duty-1", unit="police", role=Role.HANDLER)
TRAFFIC = Actor(person="traffic-duty-1", unit="traffic", role=Role.HANDLER)

WHISTLED = (
    open_case(),
    Accept(by=LEAD, now=after(1)),
    BlowWhistle(
        by=DISPATCHER,
        calls=(Call(unit="police", report_by=after(20)), Call(unit="traffic", report_by=after(20))),
        task=sealed(),
        now=after(5),
    ),
)
THERE = (*WHISTLED, ReportIn(by=POLICE, now=after(8)))
ENTRUST = Entrust(by=DISPATCHER, unit="police", reason=sealed("b"), directory_version=3, now=after(30))


def test_the_unit_that_is_there_leads_at_once() -> None:
    case = given(*THERE, ENTRUST)

    assert (case.unit, case.status) == ("police", Status.ACCEPTED)
    assert case.joint["police"].state is PartState.MADE_LEAD
    assert case.watching == ("committee",)


def test_it_is_said_who_led_before_and_why_it_changed() -> None:
    entrusted, transferred, *others = decide(given(*THERE), ENTRUST)

    assert entrusted == JointTaskEntrusted(
        case_id=CASE_ID, at=after(30), unit="police", by="grid-dispatcher-1", by_unit="grid", from_unit="committee"
    )
    assert isinstance(transferred, CaseTransferred)
    assert (transferred.from_unit, transferred.to_unit, transferred.reason) == ("committee", "police", sealed("b"))
    assert [type(event).__name__ for event in others] == ["CaseAssigned", "CaseAccepted"]


def test_the_reporters_deadline_does_not_move_and_no_other_clock_begins() -> None:
    before, case = given(*THERE), given(*THERE, ENTRUST)

    assert case.resolve == before.resolve
    assert case.resolve.deadline == RESOLVE_BY
    assert case.accept.due_at is None


def test_the_others_keep_their_tasks_and_the_new_lead_waits_for_them() -> None:
    case = given(*THERE, ENTRUST)

    assert [part.unit for part in case.open_parts] == ["traffic"]
    with pytest.raises(JointTasksOpenError):
        decide(case, Resolve(by=POLICE, now=after(60)))


def test_unless_they_are_let_go() -> None:
    case = given(*THERE, replace(ENTRUST, release=True))

    assert (case.joint["traffic"].state, case.joint["traffic"].report_in.due_at) == (PartState.RELEASED, None)
    assert folded(case, decide(case, Resolve(by=POLICE, now=after(60))))


def test_the_lead_may_give_the_job_away_itself_but_lets_nobody_go() -> None:
    by_lead = replace(ENTRUST, by=LEAD)

    assert decide(given(*THERE), by_lead)
    with pytest.raises(NotCoordinatingError):
        decide(given(*THERE), replace(by_lead, release=True))


def test_a_case_that_was_returned_goes_to_who_is_there() -> None:
    returned = Return(by=LEAD, reason=sealed(), accept_by=after(40), to_unit="grid", now=after(10))

    assert given(*THERE, returned, ENTRUST).unit == "police"


def test_what_the_former_lead_asked_for_is_asked_no_more() -> None:
    asked = AskExtension(by=LEAD, reason=sealed(), resolve_by=after(3000), to_unit="grid", now=after(9))

    assert given(*THERE, asked, ENTRUST).extension is None


@pytest.mark.parametrize(
    ("history", "act", "refusal"),
    [
        (WHISTLED, ENTRUST, NotThereYetError),
        ((*WHISTLED, DeclineTask(by=POLICE, reason=sealed(), now=after(7))), ENTRUST, NotThereYetError),
        (THERE, replace(ENTRUST, unit="property"), NotCalledError),
        ((*THERE, FinishTask(by=POLICE, note=sealed(), now=after(20))), ENTRUST, NotCalledError),
        (THERE, replace(ENTRUST, by=POLICE), NotCoordinatingError),
        (THERE, replace(ENTRUST, by=PROPERTY), NotCoordinatingError),
        (
            (
                *THERE,
                AskSuspension(by=LEAD, reason=sealed(), until=after(900), to_unit="grid", now=after(9)),
                GrantSuspension(by=DISPATCHER, now=after(10)),
            ),
            ENTRUST,
            SuspendedError,
        ),
        (
            THERE,
            Transfer(by=DISPATCHER, to_unit="police", accept_by=None, directory_version=3, now=after(30)),
            AlreadyCalledError,
        ),
    ],
)
def test_only_who_is_there_gets_it_and_from_who_coordinates(
    history: tuple[Command, ...], act: Command, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*history), act)


def test_each_called_unit_can_have_its_own_part() -> None:
    calls = (Call(unit="police", task=sealed("own")), Call(unit="traffic"))
    case = given(*WHISTLED[:2])

    first, second = decide(case, BlowWhistle(by=DISPATCHER, calls=calls, task=sealed("common"), now=after(5)))

    assert [getattr(event, "task", None) for event in (first, second)] == [sealed("own"), sealed("common")]
    assert evolve(evolve(case, first), second).open_parts
