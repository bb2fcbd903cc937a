"""会商: the units of a case confer; who was there and what they said stands on it, and who was absent is told."""

import pytest

from services.routing.domain.case import decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AddNote,
    BlowWhistle,
    Call,
    Command,
    Confer,
    FinishTask,
    ReportIn,
    Resolve,
    TakeTaskOver,
)
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.joint_work import NobodyCalledError, NotCoordinatingError, TakesNoPartError
from shared.contracts.directory import Role
from shared.contracts.envelope import Attachment
from shared.contracts.routing import CaseNoted, ConferenceHeld, ConferenceMissed
from tests.unit.routing.routing_samples import (
    CASE_ID,
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
PHOTO = Attachment(id="a" * 64, media_type="image/jpeg", size_bytes=10, sha256="a" * 64)

ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
WHISTLED = (
    *ACCEPTED,
    BlowWhistle(by=DISPATCHER, calls=(Call(unit="police"), Call(unit="traffic")), task=sealed(), now=after(5)),
    ReportIn(by=POLICE, now=after(8)),
)
CONFER = Confer(
    by=DISPATCHER, present=("committee", "police", "grid"), minutes=sealed("bQ"), evidence=(PHOTO,), now=after(20)
)


def conferring(by: Actor, *present: str) -> Confer:
    return Confer(by=by, present=present, minutes=sealed(), now=after(20))


def test_who_was_there_and_what_they_said_stands_on_the_case_and_who_was_absent_is_told() -> None:
    case = given(*WHISTLED)

    held, missed = decide(case, CONFER)

    assert held == ConferenceHeld(
        case_id=CASE_ID,
        at=after(20),
        by="grid-dispatcher-1",
        by_unit="grid",
        present=("committee", "police", "grid"),
        minutes=sealed("bQ"),
        matter=matter(),
        evidence=(PHOTO,),
    )
    assert missed == ConferenceMissed(
        case_id=CASE_ID, at=after(20), unit="traffic", by="grid-dispatcher-1", minutes=sealed("bQ"), matter=matter()
    )
    assert evolve(evolve(case, held), missed) == case


def test_who_is_done_with_its_task_need_not_come_and_is_not_told() -> None:
    done = FinishTask(by=POLICE, note=sealed(), now=after(10))

    events = decide(given(*WHISTLED, done), conferring(DISPATCHER, "committee"))

    assert [event.unit for event in events if isinstance(event, ConferenceMissed)] == ["traffic"]


def test_the_lead_may_write_the_minutes_too() -> None:
    assert decide(given(*WHISTLED), conferring(LEAD, "committee", "traffic"))


@pytest.mark.parametrize(
    ("history", "act", "refusal"),
    [
        (WHISTLED, conferring(POLICE, "police"), NotCoordinatingError),
        (WHISTLED, conferring(PROPERTY, "police"), NotCoordinatingError),
        (WHISTLED, conferring(DISPATCHER, "police", "property"), TakesNoPartError),
        (ACCEPTED, conferring(DISPATCHER, "committee"), NobodyCalledError),
        (
            (
                *WHISTLED,
                TakeTaskOver(by=LEAD, unit="police", now=after(10)),
                TakeTaskOver(by=LEAD, unit="traffic", now=after(10)),
                Resolve(by=LEAD, now=after(11)),
            ),
            conferring(LEAD, "committee"),
            AlreadyResolvedError,
        ),
    ],
)
def test_nobody_else_writes_minutes_and_only_of_those_who_take_part(
    history: tuple[Command, ...], act: Confer, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*history), act)


def test_a_note_can_show_what_it_speaks_of() -> None:
    (noted,) = decide(given(*WHISTLED), AddNote(by=POLICE, note=sealed(), evidence=(PHOTO,), now=after(12)))

    assert isinstance(noted, CaseNoted)
    assert noted.evidence == (PHOTO,)
