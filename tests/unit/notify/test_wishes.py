"""The table of who is told what."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.notify.domain.rota import OnDuty
from services.notify.domain.wishes import (
    PARAMS,
    TABLE,
    DutyTold,
    OfTicket,
    notification_id_of,
    unit_told,
    wish_for_duty,
    wish_for_history,
    wish_for_reporter,
)
from shared.contracts.intake import Link, TicketOpened
from shared.contracts.notify import Audience, SuppressionReason
from shared.contracts.routing import CaseAssigned, Clock, Deadlines
from tests.unit.notify.samples import (
    ACCEPT_BY,
    AT,
    FOLLOW_UP,
    LEAD,
    REPORTERS_PHONE,
    TICKET,
    TOKEN,
    WORDS,
    asked_anew,
    assigned,
    called_off,
    closed,
    conference_missed,
    declined,
    entrusted,
    escalated,
    extension_asked,
    extension_granted,
    extension_refused,
    failed,
    follow_up_missed,
    follow_up_reminded,
    imported,
    insisted,
    merged,
    opened,
    reminded,
    reopened,
    replaced,
    returned,
    suspension_asked,
    suspension_ended,
    suspension_granted,
    suspension_refused,
    task_done,
    warned,
    whistled,
    withdrawn,
)

POLICE = {"unit": "police", "unit_name": "新禾派出所"}


def test_a_reporter_is_told_of_the_receipt_with_number_and_link() -> None:
    wish = wish_for_reporter(opened(locale="en"))

    assert (wish.audience, wish.template, wish.locale) == (Audience.REPORTER, "ticket_received", "en")
    assert wish.recipient == REPORTERS_PHONE
    assert wish.params == {"number": "204815736", "tracking_token": TOKEN}


def test_a_reporter_is_asked_when_the_case_closes() -> None:
    wish = wish_for_reporter(closed())

    assert (wish.ticket_id, wish.template, wish.recipient) == (TICKET, "case_closed", REPORTERS_PHONE)


def test_of_what_was_split_off_their_report_a_reporter_hears_which_it_came_from() -> None:
    wish = wish_for_reporter(opened().model_copy(update={"split_from": UUID(int=9), "split_from_number": "204815736"}))

    assert (wish.template, wish.recipient, wish.params["first"]) == ("ticket_split", REPORTERS_PHONE, "204815736")


def test_of_what_a_follow_up_found_back_a_reporter_hears_that_it_is_their_trouble_again() -> None:
    came_of = {"split_from": UUID(int=9), "split_from_number": "204815736", "link": Link.CAME_BACK}
    wish = wish_for_reporter(opened().model_copy(update=came_of))

    assert (wish.template, wish.recipient, wish.params["first"]) == ("ticket_recurred", REPORTERS_PHONE, "204815736")


def test_a_reporter_hears_that_others_told_of_the_same_and_nothing_of_them() -> None:
    wish = wish_for_reporter(merged())

    assert (wish.ticket_id, wish.template, wish.recipient) == (TICKET, "case_merged", REPORTERS_PHONE)
    assert wish.params == {"number": "204815736", "tracking_token": TOKEN}


@pytest.mark.parametrize("event", [opened(phone=None), merged(phone=None), closed(phone=None)])
def test_an_anonymous_reporter_is_not_written_to_and_that_is_recorded(event: TicketOpened) -> None:
    wish = wish_for_reporter(event)

    assert wish.withheld is SuppressionReason.NO_PHONE
    assert wish.recipient is None


@pytest.mark.parametrize(
    ("accept_by", "first_response_by", "told"),
    [
        (ACCEPT_BY, ACCEPT_BY + timedelta(hours=1), ACCEPT_BY),
        (ACCEPT_BY + timedelta(hours=1), ACCEPT_BY, ACCEPT_BY),
        (None, ACCEPT_BY, ACCEPT_BY),
        (ACCEPT_BY, AT - timedelta(minutes=1), ACCEPT_BY),
    ],
    ids=["the unit's own", "the first response's", "nothing else", "what has passed is asked of nobody"],
)
def test_who_gets_a_case_hears_the_earlier_moment_by_which_to_accept_it(
    accept_by: datetime | None, first_response_by: datetime, told: datetime
) -> None:
    due = Deadlines(accept_by=accept_by, first_response_by=first_response_by)
    event = assigned().model_copy(update={"deadlines": due})

    on_duty = OnDuty("committee", LEAD)
    wish = wish_for_duty(event, on_duty=on_duty, number="204815736", place="东门", locale="zh")

    assert (wish.template, wish.params["accept_by"]) == ("case_assigned", told.isoformat())


@pytest.mark.parametrize(
    ("event", "template", "own"),
    [
        (assigned(), "case_assigned", {"accept_by": "2026-04-28T13:20:00+00:00"}),
        (assigned(accept_by=None), "case_assigned_without_deadline", {}),
        (withdrawn(), "case_withdrawn", {}),
        (called_off(), "case_withdrawn", {}),
        (entrusted(), "case_entrusted", {"resolve_by": "2026-04-28T13:20:00+00:00"}),
        (entrusted(resolve_by=None), "case_entrusted_without_deadline", {}),
        (reopened(), "case_reopened", {"words": WORDS}),
        (failed(), "verification_failed", {"words": WORDS}),
        (returned(), "case_returned", {"words": WORDS}),
        (warned(), "deadline_warned", {"clock": "resolve", "deadline": "2026-04-28T13:20:00+00:00"}),
        (escalated(), "case_escalated", {"level": "1"}),
        (whistled(), "whistle_blown", {"report_by": "2026-04-28T13:20:00+00:00", "words": WORDS}),
        (whistled(report_by=None), "whistle_blown_without_deadline", {"words": WORDS}),
        (
            warned(clock=Clock.FIRST_RESPONSE),
            "first_response_warned",
            {"clock": "first_response", "deadline": "2026-04-28T13:20:00+00:00"},
        ),
        (escalated(clock=Clock.FIRST_RESPONSE), "first_response_escalated", {"level": "1"}),
        (insisted(), "joint_task_insisted", {"words": WORDS}),
        (escalated(clock=Clock.REPORT_IN, late="police"), "report_in_escalated", {"level": "1", **POLICE}),
        (
            warned(clock=Clock.ANSWER, asked_by="police"),
            "answer_warned",
            {"clock": "answer", "deadline": "2026-04-28T13:20:00+00:00", **POLICE},
        ),
        (
            escalated(clock=Clock.ANSWER, late="police"),
            "answer_escalated",
            {"level": "1", "asked_by": "", **POLICE},
        ),
        (
            escalated(clock=Clock.ANSWER, late="police", asked_by="property"),
            "answer_escalated",
            {"level": "1", "asked_by": "property", **POLICE},
        ),
        (replaced(), "case_to_verify", {"verify_by": "2026-04-28T13:20:00+00:00"}),
        (replaced(deadline=None), "case_to_verify_without_deadline", {}),
        (replaced(observed=True), "case_to_observe", {"observed_until": "2026-04-28T13:20:00+00:00"}),
        (asked_anew(), "answer_reassigned", POLICE),
        (declined(), "joint_task_declined", {"words": WORDS, **POLICE}),
        (extension_asked(), "extension_asked", {"words": WORDS, "resolve_by": "2026-04-28T13:20:00+00:00", **POLICE}),
        (extension_granted(), "extension_granted", {"resolve_by": "2026-04-28T13:20:00+00:00"}),
        (extension_refused(), "extension_refused", {"words": WORDS}),
        (suspension_asked(), "suspension_asked", {"words": WORDS, "until": "2026-04-28T13:20:00+00:00", **POLICE}),
        (suspension_granted(), "suspension_granted", {"until": "2026-04-28T13:20:00+00:00"}),
        (suspension_refused(), "suspension_refused", {"words": WORDS}),
        (suspension_ended(), "suspension_ended", {"resolve_by": "2026-04-28T13:20:00+00:00"}),
        (
            follow_up_reminded(),
            "follow_up_due",
            {"words": WORDS, "until": "2026-04-28T13:20:00+00:00", "follow_up": str(FOLLOW_UP)},
        ),
        (follow_up_missed(), "follow_up_missed", {"words": WORDS, "follow_up": str(FOLLOW_UP)}),
        (escalated(clock=Clock.FOLLOW_UP, late="police"), "follow_up_escalated", {"level": "1", **POLICE}),
        (reminded(), "case_reminded", {"words": WORDS}),
        (conference_missed(), "conference_missed", {"words": WORDS}),
        (task_done(), "joint_task_done", {"words": WORDS, **POLICE}),
    ],
)
def test_who_is_on_duty_is_told_what_they_need_to_act(event: DutyTold, template: str, own: dict[str, object]) -> None:
    wish = wish_for_duty(
        event,
        on_duty=OnDuty("committee", LEAD),
        number="204815736",
        place="东门",
        locale="zh",
        unit_name="新禾派出所",
    )

    assert (wish.audience, wish.template, wish.recipient) == (Audience.DUTY, template, LEAD.phone)
    assert wish.params == {"number": "204815736", "place": "东门", **own}
    assert wish.params.keys() == {"number"} | PARAMS[template]


@pytest.mark.parametrize(("locale", "words"), [("zh", "立好禁停牌"), ("en", "Put up the sign")])
def test_what_a_rule_wants_is_said_in_the_staffs_language(locale: str, words: str) -> None:
    on_duty = OnDuty("property", LEAD)

    wish = wish_for_duty(
        follow_up_reminded(by_rule=True), on_duty=on_duty, number="204815736", place="东门", locale=locale
    )

    assert wish.params["words"] == words


def test_an_escalation_and_a_return_are_told_to_the_unit_above() -> None:
    assert unit_told(escalated()) == unit_told(returned()) == "committee"
    assert unit_told(returned(to_unit=None)) is None


def test_that_another_unit_is_awaited_is_told_to_that_one() -> None:
    assert unit_told(replaced()) == unit_told(asked_anew()) == "grid"


def test_a_whistle_is_told_to_who_is_called_a_refusal_to_who_called_and_the_end_of_a_task_to_the_lead() -> None:
    assert [unit_told(event) for event in (whistled(), insisted(), declined(), task_done())] == [
        "police",
        "police",
        "grid",
        "committee",
    ]


def test_where_nobody_is_on_duty_who_will_be_is_told() -> None:
    nobody = OnDuty("committee", None, ACCEPT_BY)

    wish = wish_for_duty(assigned(), on_duty=nobody, number="204815736", place="东门", locale="zh")

    assert (wish.recipient, wish.withheld) == (None, None)
    assert (wish.unit, wish.until) == ("committee", ACCEPT_BY)
    assert wish.params["place"] == "东门"


@pytest.mark.parametrize("event", [imported(), assigned(history=True), closed(history=True)])
def test_history_tells_nobody_and_is_accounted_for_as_what_is_live(event: OfTicket) -> None:
    wish = wish_for_history(event)

    assert wish.withheld is SuppressionReason.HISTORY
    assert (wish.audience, wish.template) == TABLE[type(event)]
    assert wish.ticket_id == TICKET


def test_the_same_event_always_means_the_same_message() -> None:
    assert notification_id_of(UUID(int=1), CaseAssigned) == notification_id_of(UUID(int=1), CaseAssigned)
    assert notification_id_of(UUID(int=1), CaseAssigned) != notification_id_of(UUID(int=2), CaseAssigned)
