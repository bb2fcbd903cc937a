"""Routing's events in the reporter's words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.intake.domain.progress import Progress, Step, StepTaken, step_of
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Contact
from shared.contracts.routing import (
    CaseAccepted,
    CaseNoted,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    Clock,
    DeadlineRecomputed,
    Deadlines,
    ExtensionGranted,
    Matter,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ID, OTHER = UUID(int=1), UUID(int=2)
SEALED = Sealed(person="s1", key_version=1, box="AAAA")


def progress_of(*steps: Step) -> Progress:
    return Progress(
        [
            StepTaken(step=step, at=AT + timedelta(minutes=place), deadline=AT + timedelta(hours=2))
            for place, step in enumerate((Step.REPORTED, *steps))
        ]
    )


def test_a_unit_that_accepts_is_named() -> None:
    assert step_of(CaseAccepted(at=AT, case_id=ID, unit="committee")) == StepTaken(
        step=Step.ACCEPTED, at=AT, unit="committee"
    )


def test_what_staff_do_among_themselves_is_no_step() -> None:
    assert step_of(CaseNoted(at=AT, case_id=ID, note=SEALED)) is None
    assert step_of(CaseReturned(at=AT, case_id=ID, unit="committee", reason=SEALED)) is None


def test_the_way_ahead_shrinks_with_each_step() -> None:
    assert progress_of(Step.ASSIGNED, Step.ACCEPTED).to_come == (Step.RESOLVED, Step.VERIFIED, Step.CLOSED)
    assert progress_of(Step.CLOSED).to_come == ()


def test_after_rework_and_reopening_it_grows_again() -> None:
    assert progress_of(Step.RESOLVED, Step.REWORK).to_come == (Step.RESOLVED, Step.VERIFIED, Step.CLOSED)
    assert progress_of(Step.CLOSED, Step.REOPENED).to_come[0] is Step.ACCEPTED


def test_a_deadline_is_shown_until_the_work_is_done() -> None:
    assert progress_of(Step.ASSIGNED).deadline == AT + timedelta(hours=2)
    assert progress_of(Step.ASSIGNED, Step.RESOLVED).deadline is None


def test_what_was_done_is_observed_until_that_is_over_or_found_bad() -> None:
    until = AT + timedelta(minutes=30)
    resolved = step_of(CaseResolved(at=AT, case_id=ID, unit="committee", observed_until=until))
    assert resolved is not None
    rework = StepTaken(step=Step.REWORK, at=AT + timedelta(minutes=5))

    assert Progress([resolved]).observed_until(until - timedelta(seconds=1)) == until
    assert Progress([resolved]).observed_until(until) is None
    assert Progress([resolved, rework]).observed_until(AT) is None


def test_a_reopened_ticket_is_not_resolved() -> None:
    assert progress_of(Step.RESOLVED, Step.CLOSED).resolved_at == AT + timedelta(minutes=1)
    assert progress_of(Step.RESOLVED, Step.CLOSED, Step.REOPENED).resolved_at is None


def test_accepting_takes_the_deadline_from_nobodys_sight() -> None:
    promised = StepTaken(step=Step.ASSIGNED, at=AT, unit="committee", deadline=AT + timedelta(hours=24))
    accepted = StepTaken(step=Step.ACCEPTED, at=AT + timedelta(minutes=5), unit="committee")
    reported = StepTaken(step=Step.REPORTED, at=AT)

    assert Progress([reported, promised, accepted]).deadline == AT + timedelta(hours=24)
    assert Progress([reported, accepted]).deadline is None


def test_more_time_that_was_granted_is_told_with_its_deadline() -> None:
    matter = Matter(
        number="204815736", place="GATE", area="estate", reporter="r1", contact=Contact(), tracking_token=SEALED
    )
    granted = ExtensionGranted(
        at=AT,
        case_id=ID,
        unit="committee",
        by="grid-dispatcher-1",
        deadlines=Deadlines(resolve_by=AT + timedelta(days=3)),
        matter=matter,
    )

    step = step_of(granted)

    assert step == StepTaken(step=Step.EXTENDED, at=AT, unit="committee", deadline=AT + timedelta(days=3))
    assert Progress([StepTaken(step=Step.REPORTED, at=AT), step]).to_come == progress_of(Step.ACCEPTED).to_come


def test_another_calendar_moves_the_deadline_and_not_where_the_ticket_stands() -> None:
    later = AT + timedelta(days=3)
    moved = DeadlineRecomputed(
        at=AT, case_id=ID, clock=Clock.RESOLVE, unit="committee", edition=2, before=AT, deadline=later
    )
    step = step_of(moved)
    assert step == StepTaken(step=Step.RECOUNTED, at=AT, unit="committee", deadline=later)

    before = progress_of(Step.ASSIGNED)
    after = Progress([*before.steps, step])

    assert (after.now, after.to_come, after.deadline) == (before.now, before.to_come, later)
    assert step_of(moved.model_copy(update={"clock": Clock.ACCEPT})) is None


@pytest.mark.parametrize(
    ("via", "said_of", "step"),
    [
        (None, None, Step.REOPENED),
        (None, OTHER, Step.REOPENED_BY_ANOTHER),
        (OTHER, None, Step.REOPENED_BY_ANOTHER),
        (OTHER, ID, Step.REOPENED),
        (OTHER, UUID(int=3), Step.REOPENED_BY_ANOTHER),
    ],
)
def test_whose_word_reopened_it_is_told_without_naming_them(via: UUID | None, said_of: UUID | None, step: Step) -> None:
    about = Matter(number="1", place="P", area="estate", reporter="r", tracking_token=SEALED)
    reopened = CaseReopened(at=AT, case_id=ID, unit="committee", words=SEALED, matter=about, via=via, said_of=said_of)

    taken = step_of(reopened)

    assert taken is not None
    assert taken.step is step
    assert progress_of(step).to_come[0] is Step.ACCEPTED
