"""Every message that the one table of wishes can choose has its words in Chinese and in English."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from services.notify.domain.wishes import (
    ABSENT,
    ANSWER_WARNED,
    ASSIGNED_WITHOUT_DEADLINE,
    CALLED_WITHOUT_DEADLINE,
    ENTRUSTED,
    ENTRUSTED_WITHOUT_DEADLINE,
    FOLLOW_UP_ESCALATED,
    PARAMS,
    RECURRED,
    RESPONSE_WARNED,
    SPLIT,
    TABLE,
    TAKEN_OVER,
    TO_OBSERVE,
    TO_VERIFY_WITHOUT_DEADLINE,
    UNANSWERED,
    UNRESPONDED,
)
from shared.contracts.notify import Audience

LOCALES = Path(__file__).parents[2] / "shared" / "web" / "locales"
SPECIAL = (
    ASSIGNED_WITHOUT_DEADLINE,
    CALLED_WITHOUT_DEADLINE,
    ABSENT,
    ANSWER_WARNED,
    UNANSWERED,
    RESPONSE_WARNED,
    UNRESPONDED,
    ENTRUSTED,
    ENTRUSTED_WITHOUT_DEADLINE,
    TO_VERIFY_WITHOUT_DEADLINE,
    TO_OBSERVE,
    FOLLOW_UP_ESCALATED,
    TAKEN_OVER,
)
CHOSEN = {
    *TABLE.values(),
    (Audience.REPORTER, SPLIT),
    (Audience.REPORTER, RECURRED),
    *((Audience.DUTY, each) for each in SPECIAL),
}
KEYS = {f"sms.{template}.{audience}" for audience, template in CHOSEN}


def words_of(language: str) -> dict[str, str]:
    with (LOCALES / language / "LC_MESSAGES" / "notify.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_message_has_its_words(language: str) -> None:
    words = words_of(language)

    assert {key for key in KEYS if not words.get(key)} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_wording_of_a_message_belongs_to_a_wish(language: str) -> None:
    messages = {key for key in words_of(language) if key.startswith("sms.") and key.count(".") == 2}

    assert messages - KEYS == set()


def test_every_template_says_what_its_words_may_name() -> None:
    assert {template for _, template in CHOSEN} == PARAMS.keys()
