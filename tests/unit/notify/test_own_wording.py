"""Messages in the district's own words, where the case's rule asks for them."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest

from services.notify.domain.commands import Command
from services.notify.domain.message import Notification, decide, evolve
from services.notify.domain.own_wording import MESSAGE_OF, own_wording
from services.notify.domain.rota import OnDuty
from services.notify.domain.wishes import PARAMS, TRACKING_TOKEN, DutyTold, Wish, wish_for_duty, wish_for_reporter
from shared.contracts.directory import TemplateDefined
from shared.contracts.messages import LINK, OFFERED, Message
from shared.contracts.notify import OwnWording
from tests.unit.notify.samples import AT, LEAD, assigned, closed, escalated, warned
from tests.unit.notify.test_message import ATTEMPT, POSTPONE, PUT_OFF, QUEUE
from tests.unit.notify.test_wording import AUDIENCES, FULL, TICKET, WORDING

LANE = TemplateDefined(
    at=AT, edition=3, id="lane", message=Message.CASE_ASSIGNED, zh="{place}消防通道，{accept_by}前接单：{link}"
)
ASKED = {Message.CASE_ASSIGNED: "lane"}
OURS = None


def wish(event: DutyTold | None = None, *, locale: str = "zh") -> Wish:
    """What the lead is told of an assignment."""
    on_duty = OnDuty("committee", LEAD)
    return wish_for_duty(event or assigned(), on_duty=on_duty, number="204815736", place="东门", locale=locale)


def test_the_template_that_the_rule_asks_for_words_the_message_as_it_stands_now() -> None:
    said = own_wording(wish(), ASKED, {"lane": LANE})

    assert said == OwnWording(template="lane", edition=3, says="{place}消防通道，{accept_by}前接单：{link}")


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"lane": LANE.model_copy(update={"retired": True})},
        {"lane": LANE.model_copy(update={"message": Message.CASE_CLOSED})},
        {"lane": LANE.model_copy(update={"zh": "带上拖车电话 {phone}：{link}"})},
    ],
    ids=["not come yet", "withdrawn", "of another message", "names what is not offered"],
)
def test_where_it_can_not_be_said_our_own_words_are(written: dict[str, TemplateDefined]) -> None:
    assert own_wording(wish(), ASKED, written) is OURS


def test_a_message_for_which_the_rule_asks_nothing_is_ours() -> None:
    assert own_wording(wish(warned()), ASKED, {"lane": LANE}) is OURS
    assert own_wording(wish(), {}, {"lane": LANE}) is OURS


def test_a_case_without_the_deadline_that_the_template_names_is_told_in_our_words() -> None:
    assert own_wording(wish(assigned(accept_by=None)), ASKED, {"lane": LANE}) is OURS


def test_who_reads_english_is_not_written_to_in_chinese() -> None:
    both = LANE.model_copy(update={"en": "Fire lane at {place}: {link}"})

    assert own_wording(wish(locale="en"), ASKED, {"lane": LANE}) is OURS
    said = own_wording(wish(locale="en"), ASKED, {"lane": both})
    assert said == OwnWording(template="lane", edition=3, says="Fire lane at {place}: {link}")


def test_a_reporter_can_be_thanked_in_the_districts_words() -> None:
    thanks = LANE.model_copy(update={"message": Message.CASE_CLOSED, "zh": "{number}已办结，谢谢：{link}"})

    said = own_wording(wish_for_reporter(closed()), {Message.CASE_CLOSED: "lane"}, {"lane": thanks})

    assert said == OwnWording(template="lane", edition=3, says="{number}已办结，谢谢：{link}")


def test_the_reporters_token_is_never_a_word_of_a_template() -> None:
    leaking = LANE.model_copy(update={"message": Message.CASE_CLOSED, "zh": f"{{{TRACKING_TOKEN}}} {{link}}"})

    assert own_wording(wish_for_reporter(closed()), {Message.CASE_CLOSED: "lane"}, {"lane": leaking}) is OURS


@pytest.mark.parametrize("message", Message)
def test_a_district_may_name_what_our_own_wordings_of_the_message_may_and_nothing_more(message: Message) -> None:
    ours = [template for template, of in MESSAGE_OF.items() if of is message]

    named = set().union(*(PARAMS[template] for template in ours)) - {"clock"}

    assert OFFERED[message] == named | {"number", LINK}


@pytest.mark.parametrize("template", sorted(MESSAGE_OF))
def test_a_districts_words_are_signed_and_filled(template: str) -> None:
    names = PARAMS[template] | {"number", TRACKING_TOKEN}
    params = {name: value for name, value in FULL.items() if name in names}
    wording = " ".join(f"{{{name}}}" for name in sorted((OFFERED[MESSAGE_OF[template]] & names) | {LINK}))

    said = WORDING.text(
        template=template,
        audience=AUDIENCES[template],
        locale="zh",
        ticket_id=TICKET,
        params=params,
        own_wording=f"请看{wording}",
    )

    assert said.startswith("【一号一码】请看")
    assert "204 815 736" in said
    assert "https://yima.test/" in said
    assert "{" not in said


def test_what_somebody_wrote_is_never_taken_for_a_placeholder() -> None:
    said = WORDING.text(
        template="whistle_blown",
        audience=AUDIENCES["whistle_blown"],
        locale="zh",
        ticket_id=TICKET,
        params={**FULL, "words": "{place}{link}"},
        own_wording="{words}",
    )

    assert said == "【一号一码】{place}{link}"


SAYS = OwnWording(template="lane", edition=3, says="消防通道：{link}")
OTHERWISE = SAYS.model_copy(update={"edition": 4, "says": "不一样了：{link}"})


def test_a_message_keeps_the_words_with_which_it_was_wanted_through_every_attempt() -> None:
    queue = replace(QUEUE, own_wording=SAYS)

    tried = _after(queue, ATTEMPT, PUT_OFF, ATTEMPT)

    assert tried.own_wording == SAYS
    assert decide(tried, replace(queue, own_wording=OTHERWISE)) == []


def test_a_message_that_waits_for_somebody_on_duty_keeps_its_words() -> None:
    waiting = _after(replace(POSTPONE, own_wording=SAYS))

    later = replace(POSTPONE, until=AT + timedelta(hours=9), own_wording=waiting.own_wording)
    assert _after(replace(POSTPONE, own_wording=SAYS), later).own_wording == SAYS


def test_a_level_is_told_in_the_districts_words_of_a_late_case_and_in_ours_of_an_absent_unit() -> None:
    late = LANE.model_copy(update={"message": Message.CASE_ESCALATED, "zh": "{place}超时：{link}"})
    asked = {Message.CASE_ESCALATED: "lane"}
    absent = replace(wish(escalated()), template="report_in_escalated")

    assert own_wording(wish(escalated()), asked, {"lane": late}) is not OURS
    assert own_wording(absent, asked, {"lane": late}) is OURS


def _after(*commands: Command) -> Notification:
    return reduce(lambda state, command: reduce(evolve, decide(state, command), state), commands, Notification())
