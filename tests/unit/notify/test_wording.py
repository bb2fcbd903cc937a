"""What messages say."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notify.adapters.wording import MessageWording, clipped
from services.notify.domain.wishes import PARAMS, TABLE
from shared.contracts.notify import Audience
from shared.sms.segments import segment_count
from shared.web.catalogues import load_catalogues, raise_missing

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
WORDING = MessageWording("https://yima.test", load_catalogues("notify", on_missing=raise_missing), lambda: NOW)
TICKET = UUID(int=7)
FULL: dict[str, str | None] = {
    "number": "204815736",
    "tracking_token": "a-token",
    "place": "东门",
    "accept_by": "2026-04-28T13:20:00+00:00",
    "verify_by": "2026-04-29T13:20:00+00:00",
    "observed_until": "2026-04-29T13:20:00+00:00",
    "deadline": "2026-04-28T13:20:00+00:00",
    "until": "2026-04-29T13:20:00+00:00",
    "resolve_by": "2026-04-29T13:20:00+00:00",
    "report_by": "2026-04-28T13:25:00+00:00",
    "words": "车还停着",
    "name": "物业值班员甲",
    "start": "2026-04-28T11:00:00+00:00",
    "other_start": "2026-04-29T11:00:00+00:00",
    "other_until": "2026-04-29T23:00:00+00:00",
    "level": "1",
    "unit": "police",
    "first": "100000017",
    "follow_up": "00000000-0000-0000-0000-000000000001",
    "unit_name": "新禾派出所",
}
AUDIENCES = {template: audience for audience, template in TABLE.values()} | {
    "case_assigned_without_deadline": Audience.DUTY,
    "whistle_blown_without_deadline": Audience.DUTY,
    "report_in_escalated": Audience.DUTY,
    "first_response_warned": Audience.DUTY,
    "first_response_escalated": Audience.DUTY,
    "answer_warned": Audience.DUTY,
    "answer_escalated": Audience.DUTY,
    "case_entrusted": Audience.DUTY,
    "case_entrusted_without_deadline": Audience.DUTY,
    "case_to_verify_without_deadline": Audience.DUTY,
    "case_to_observe": Audience.DUTY,
    "follow_up_escalated": Audience.DUTY,
    "duty_taken_over": Audience.DUTY,
    "ticket_split": Audience.REPORTER,
    "ticket_recurred": Audience.REPORTER,
}


def said(template: str, locale: str = "zh", **changes: str | None) -> str:
    names = {"number", *PARAMS[template], *({"tracking_token"} if AUDIENCES[template] is Audience.REPORTER else ())}
    params = {name: value for name, value in (FULL | changes).items() if name in names}
    return WORDING.text(template=template, audience=AUDIENCES[template], locale=locale, ticket_id=TICKET, params=params)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("template", sorted(PARAMS))
def test_every_template_has_its_words_in_every_language_and_needs_nothing_else(template: str, locale: str) -> None:
    assert "{" not in said(template, locale)
    assert segment_count(said(template, locale)) <= 3


def test_a_reporter_gets_the_number_in_groups_and_the_link() -> None:
    assert said("ticket_received") == (
        "【一号一码】您反映的问题已收到，编号 204 815 736。查看进展：https://yima.test/t/a-token"
    )


def test_a_duty_holder_reads_place_and_shanghais_time_and_may_open_the_case() -> None:
    assert said("case_assigned") == (
        "【一号一码】新办件 204 815 736，东门，请在 4月28日 21:20 前接单："
        "https://yima.test/desk/cases/00000000-0000-0000-0000-000000000007"
    )


def test_an_unknown_language_is_chinese() -> None:
    assert said("ticket_received", "fr") == said("ticket_received", "zh")


def test_the_reporters_words_are_one_short_line() -> None:
    assert clipped("车\n还   停着") == "车 还 停着"
    assert clipped("停" * 61) == "停" * 59 + "…"
    assert clipped("停" * 60) == "停" * 60
    assert clipped("车还停着。\n") == "车还停着"


def test_words_that_were_forgotten_are_said_to_be() -> None:
    assert "（已按要求删除）" in said("case_reopened", words=None)


@pytest.mark.parametrize("template", ["joint_task_declined", "joint_task_done"])
def test_a_message_that_was_wanted_before_messages_named_the_unit_is_still_written(template: str) -> None:
    params: dict[str, str | None] = {"number": "204815736", "place": "东门", "words": "不归我们"}

    text = WORDING.text(template=template, audience=Audience.DUTY, locale="zh", ticket_id=TICKET, params=params)

    assert "有单位" in text


def test_braces_in_the_reporters_words_are_only_words() -> None:
    assert "{link}{0.__class__}" in said("case_reopened", words="{link}{0.__class__}")
