"""What could not be sent at once is sent later only if it is still true."""

from dataclasses import replace

import pytest

from services.notify.domain.message import Notification, SendState
from services.notify.domain.superseding import GoneOn, is_superseded
from shared.contracts.notify import Audience
from shared.contracts.routing import (
    CaseAccepted,
    CaseClosed,
    CaseResolved,
    CaseTransferred,
    Clock,
    DeadlineRecomputed,
    JointTaskReleased,
    JointTaskTakenOver,
    UnitReportedIn,
)
from tests.unit.notify.samples import (
    AT,
    FOLLOW_UP,
    TICKET,
    asked_anew,
    closed,
    declined,
    escalated,
    extension_granted,
    extension_refused,
    extension_withdrawn,
    follow_up_done,
    follow_up_missed,
    follow_up_recurred,
    insisted,
    merged,
    replaced,
    returned,
    suspension_ended,
    suspension_granted,
    suspension_refused,
    suspension_withdrawn,
    withdrawn,
)

ACCEPTED = CaseAccepted(at=AT, case_id=TICKET, unit="property", by="duty-1")
RESOLVED = CaseResolved(at=AT, case_id=TICKET, unit="property", by="duty-1")
TRANSFERRED = CaseTransferred(at=AT, case_id=TICKET, from_unit="property", to_unit="committee", by="grid-1")
CLOSED: CaseClosed = closed()
DECLINED = declined().model_copy(update={"unit": "property"})
REPORTED_IN = UnitReportedIn(at=AT, case_id=TICKET, unit="property", by="duty-1")
TAKEN_OVER = JointTaskTakenOver(at=AT, case_id=TICKET, unit="property", by="lead-1", by_unit="committee")
RELEASED = JointTaskReleased(at=AT, case_id=TICKET, unit="property", by="grid-1")


INSISTED = insisted().model_copy(update={"unit": "property"})


def waiting(template: str, unit: str = "property", audience: Audience = Audience.DUTY) -> Notification:
    return Notification(state=SendState.POSTPONED, audience=audience, template=template, unit=unit)


@pytest.mark.parametrize("template", ["case_assigned", "case_assigned_without_deadline", "case_reopened"])
@pytest.mark.parametrize("event", [ACCEPTED, returned(), TRANSFERRED, RESOLVED, merged(), withdrawn(), CLOSED])
def test_nobody_is_asked_to_take_what_is_taken_or_gone(template: str, event: GoneOn) -> None:
    assert is_superseded(waiting(template), event)


def test_a_called_unit_still_hears_that_nobody_need_come_and_of_what_keeps_a_fix() -> None:
    assert is_superseded(waiting("whistle_blown"), withdrawn())
    assert not is_superseded(waiting("case_withdrawn"), withdrawn())
    assert not is_superseded(waiting("follow_up_due"), withdrawn())


@pytest.mark.parametrize("event", [ACCEPTED, returned(), TRANSFERRED])
def test_the_level_above_still_hears_that_it_was_late(event: GoneOn) -> None:
    assert not is_superseded(waiting("case_escalated", unit="grid"), event)


def test_a_transfer_answers_the_return_that_asked_for_it() -> None:
    assert is_superseded(waiting("case_returned", unit="committee"), TRANSFERRED)


@pytest.mark.parametrize("template", ["whistle_blown", "whistle_blown_without_deadline", "joint_task_insisted"])
@pytest.mark.parametrize("event", [REPORTED_IN, DECLINED, TAKEN_OVER, RELEASED])
def test_who_is_there_or_called_no_more_is_not_called(template: str, event: GoneOn) -> None:
    assert is_superseded(waiting(template), event)
    assert not is_superseded(waiting(template, unit="police"), event)


@pytest.mark.parametrize("event", [INSISTED, TAKEN_OVER, RELEASED])
def test_a_refusal_that_was_settled_asks_nobody_to_decide_and_that_of_another_unit_still_does(event: GoneOn) -> None:
    asks = waiting("joint_task_declined", unit="grid")

    assert is_superseded(replace(asks, params={"unit": "property"}), event)
    assert not is_superseded(replace(asks, params={"unit": "police"}), event)


@pytest.mark.parametrize("template", ["extension_asked", "suspension_asked"])
@pytest.mark.parametrize(
    "event",
    [
        extension_granted(),
        extension_refused(),
        suspension_granted(),
        suspension_refused(),
        extension_withdrawn(),
        suspension_withdrawn(),
        TRANSFERRED,
        returned(),
        RESOLVED,
    ],
)
def test_nobody_decides_on_what_was_answered_or_is_needed_no_more(template: str, event: GoneOn) -> None:
    assert is_superseded(waiting(template, unit="grid"), event)


@pytest.mark.parametrize("template", ["case_to_verify", "case_to_verify_without_deadline", "case_to_observe"])
def test_who_has_its_place_no_more_is_not_asked_to_verify_and_who_has_it_now_is(template: str) -> None:
    assert is_superseded(waiting(template), replaced())
    assert not is_superseded(waiting(template, unit="grid"), replaced())
    assert not is_superseded(waiting(template), asked_anew())


def test_what_was_asked_of_a_grid_that_is_no_more_is_told_to_its_heir_alone_until_it_is_answered() -> None:
    asks = replace(waiting("extension_asked", unit="old-grid"), params={"unit": "police"})
    late = replace(waiting("answer_escalated", unit="town"), params={"asked_by": "police"})
    anew = replace(waiting("answer_reassigned", unit="grid"), params={"unit": "police"})
    answered = extension_granted().model_copy(update={"unit": "police"})

    assert [is_superseded(message, asked_anew()) for message in (asks, late)] == [True, True]
    assert not is_superseded(replace(asks, params={"unit": "property"}), asked_anew())
    assert [is_superseded(anew, event) for event in (answered, replaced())] == [True, False]


def test_a_reminder_that_was_answered_is_told_to_nobody_and_one_of_another_follow_up_still_is() -> None:
    about = {"follow_up": str(FOLLOW_UP)}
    done, missed, recurred = follow_up_done(), follow_up_missed(), follow_up_recurred()

    for template in ("follow_up_due", "follow_up_missed"):
        assert is_superseded(replace(waiting(template), params=about), done)
        assert is_superseded(replace(waiting(template), params=about), recurred)
        assert not is_superseded(replace(waiting(template), params={"follow_up": "another"}), done)
    assert is_superseded(replace(waiting("follow_up_due"), params=about), missed)


@pytest.mark.parametrize("event", [closed(), RESOLVED, TRANSFERRED])
def test_what_becomes_of_the_case_changes_nothing_about_its_follow_ups(event: GoneOn) -> None:
    assert not is_superseded(waiting("follow_up_due"), event)


@pytest.mark.parametrize("event", [extension_granted(), suspension_granted()])
def test_what_was_granted_is_told_to_nobody_as_late(event: GoneOn) -> None:
    assert is_superseded(waiting("case_escalated", unit="grid"), event)
    assert not is_superseded(waiting("case_escalated", unit="grid"), extension_refused())


@pytest.mark.parametrize(
    ("clock", "event"),
    [
        ("accept", ACCEPTED),
        ("accept", returned()),
        ("resolve", TRANSFERRED),
        ("resolve", RESOLVED),
        ("resolve", extension_granted()),
        ("report_in", REPORTED_IN),
        ("accept", escalated()),
    ],
)
def test_who_has_acted_meanwhile_is_reminded_of_nothing(clock: str, event: GoneOn) -> None:
    assert is_superseded(replace(waiting("deadline_warned"), params={"clock": clock}), event)


def test_once_somebody_has_accepted_nobody_hears_that_nobody_has() -> None:
    reminder = replace(waiting("first_response_warned"), params={"clock": "first_response"})
    silence = waiting("first_response_escalated", unit="grid")

    assert [is_superseded(message, ACCEPTED) for message in (reminder, silence)] == [True, True]
    assert [is_superseded(message, TRANSFERRED) for message in (reminder, silence)] == [True, False]
    assert is_superseded(reminder, escalated(clock=Clock.FIRST_RESPONSE))


@pytest.mark.parametrize("event", [extension_granted(), suspension_withdrawn(), TRANSFERRED])
def test_who_has_answered_or_need_not_is_reminded_of_no_question_of_that_unit(event: GoneOn) -> None:
    reminder = waiting("answer_warned", unit="grid")
    asker = event.from_unit if isinstance(event, CaseTransferred) else getattr(event, "unit", None)

    assert is_superseded(replace(reminder, params={"clock": "answer", "unit": str(asker)}), event)
    assert not is_superseded(replace(reminder, params={"clock": "answer", "unit": "another"}), event)


@pytest.mark.parametrize("event", [extension_granted(), suspension_withdrawn(), TRANSFERRED])
def test_the_level_above_is_not_told_of_a_silence_that_is_over(event: GoneOn) -> None:
    silence = waiting("answer_escalated", unit="town")
    asker = event.from_unit if isinstance(event, CaseTransferred) else getattr(event, "unit", None)

    assert is_superseded(replace(silence, params={"unit": "grid", "asked_by": str(asker)}), event)
    assert not is_superseded(replace(silence, params={"unit": "grid", "asked_by": "another"}), event)


@pytest.mark.parametrize(("clock", "event"), [("resolve", ACCEPTED), ("report_in", ACCEPTED), ("accept", REPORTED_IN)])
def test_another_clock_still_reminds(clock: str, event: GoneOn) -> None:
    assert not is_superseded(replace(waiting("deadline_warned"), params={"clock": clock}), event)


def test_who_is_reminded_before_the_new_deadline_hears_nothing_of_the_old_one() -> None:
    reminder = replace(waiting("deadline_warned"), params={"clock": "resolve"})
    moved = DeadlineRecomputed(
        at=AT, case_id=TICKET, clock=Clock.RESOLVE, unit="property", edition=2, before=AT, deadline=AT, warnings=(AT,)
    )

    assert is_superseded(reminder, moved)
    assert not is_superseded(reminder, moved.model_copy(update={"warnings": ()}))
    assert not is_superseded(reminder, moved.model_copy(update={"clock": Clock.ACCEPT}))
    assert not is_superseded(replace(reminder, unit="grid"), moved)
    assert not is_superseded(waiting("case_assigned"), moved)


def test_of_answers_counted_anew_only_the_reminder_of_that_question_is_taken_back() -> None:
    reminder = replace(waiting("answer_warned"), params={"clock": "answer", "unit": "police"})
    moved = DeadlineRecomputed(
        at=AT,
        case_id=TICKET,
        clock=Clock.ANSWER,
        unit="property",
        edition=2,
        before=AT,
        deadline=AT,
        warnings=(AT,),
        asked_by="police",
    )

    assert is_superseded(reminder, moved)
    assert not is_superseded(replace(reminder, params={**reminder.params, "unit": "committee"}), moved)


def test_a_suspension_that_has_ended_is_told_to_nobody_as_lasting() -> None:
    assert is_superseded(waiting("suspension_granted"), suspension_ended())


@pytest.mark.parametrize("event", [ACCEPTED, returned(), TRANSFERRED])
def test_a_whistle_outlives_what_becomes_of_the_case(event: GoneOn) -> None:
    assert not is_superseded(waiting("whistle_blown"), event)


@pytest.mark.parametrize("event", [returned(), TRANSFERRED])
def test_the_new_units_own_message_stays(event: GoneOn) -> None:
    assert not is_superseded(waiting("case_assigned", unit="committee"), event)


@pytest.mark.parametrize("event", [ACCEPTED, RESOLVED, CLOSED])
def test_the_reporter_still_gets_the_number_and_the_link(event: GoneOn) -> None:
    assert not is_superseded(waiting("ticket_received", audience=Audience.REPORTER), event)
