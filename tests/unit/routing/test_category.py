"""The category: guessed by the district's words and said to be a guess, corrected by an act that moves nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.routing.domain.assignment import Chosen, Report, choose
from services.routing.domain.case import decide
from services.routing.domain.case.commands import Accept, Actor, Categorise, Close, OpenCase, PassVerification, Resolve
from services.routing.domain.errors.handling import AlreadyClosedError, SameCategoryError, WrongUnitError
from services.routing.domain.guessing import Guess, guess
from shared.contracts.directory import CategoryDefined, Name
from shared.contracts.intake import Channel
from shared.contracts.routing import CaseAssigned, CaseCategorised, CaseOpened
from tests.unit.routing.district_samples import changed, read_small
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    after,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
WITH_WORDS = changed("en: Parking}, parent: order}", "en: Parking}, parent: order, words: [乱停车, 车位]}")


def category(category_id: str, *words: str, order: int = 1, retired: bool = False) -> CategoryDefined:
    name = Name(zh=category_id, en=category_id)
    return CategoryDefined(at=AT, edition=1, id=category_id, name=name, order=order, words=words, retired=retired)


KNOWN = [
    category("lights", "灯", order=1),
    category("leaks", "漏水", "渗水", order=2),
    category("order", "吵", order=3),
    category("old", "电话亭", order=4, retired=True),
]


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("楼道灯不亮", Guess(category="lights", words=("灯",))),
        ("卫生间漏水又渗水，灯也暗", Guess(category="leaks", words=("漏水", "渗水"))),
        ("灯下漏水", Guess(category="leaks", words=("漏水",))),
        ("有人吵，灯亮着", Guess(category="lights", words=("灯",))),
        ("电话亭坏了", None),
        ("想咨询助餐点", None),
        ("", None),
    ],
)
def test_the_most_words_tell_then_the_longest_then_the_files_order(text: str, guessed: Guess | None) -> None:
    assert guess(KNOWN, text) == guessed


def chosen(text: str, *, own: str | None = None, channel: Channel = Channel.QR) -> Chosen:
    report = Report(place="EAST2345", category=own, channel=channel, text=text, at=AT)
    return choose(read_small(WITH_WORDS), report)


def test_rules_see_the_guessed_category() -> None:
    assert (chosen("门口乱停车").assignment.trace.rule, chosen("门口乱放").assignment.trace.rule) == ("night", "rest")


def test_what_the_reporter_chose_stands_and_of_the_past_nothing_is_made_up() -> None:
    assert chosen("门口乱停车", own="order").guess is None
    assert chosen("门口乱停车", channel=Channel.IMPORT).guess is None


def guessed_case() -> OpenCase:
    unsaid = matter().model_copy(update={"category": None})
    return replace(open_case(), matter=unsaid, guess=Guess(category="public-order", words=("乱停车",)))


def test_a_guess_is_an_event_of_its_own_between_what_was_said_and_who_is_asked() -> None:
    opened, guessed, assigned = decide(None, guessed_case())

    assert isinstance(opened, CaseOpened)
    assert isinstance(guessed, CaseCategorised)
    assert isinstance(assigned, CaseAssigned)
    assert (opened.matter.category, guessed.by, guessed.matched) == (None, None, ("乱停车",))
    assert guessed.matter == assigned.matter == matter()


@pytest.mark.parametrize("by", [LEAD, DISPATCHER])
def test_its_unit_or_the_grid_corrects_it_and_nothing_else_changes(by: Actor) -> None:
    before = given(guessed_case())

    events = decide(before, Categorise(by=by, category="facilities", now=after(3)))

    assert events == (
        CaseCategorised(
            case_id=CASE_ID,
            at=after(3),
            by=by.person,
            category="facilities",
            matter=matter().model_copy(update={"category": "facilities"}),
        ),
    )
    corrected = folded(before, events)
    assert corrected is not None
    assert corrected == replace(before, matter=corrected.matter)
    assert corrected.matter.category == "facilities"


def test_it_is_not_corrected_to_what_it_is_nor_by_whom_it_does_not_concern_nor_after_its_end() -> None:
    opened = given(open_case())
    done = (
        Accept(by=LEAD, now=after(1)),
        Resolve(by=LEAD, note=sealed(), now=after(2)),
        PassVerification(by=COLLEAGUE, now=after(3)),
        Close(by=COLLEAGUE, now=after(4)),
    )

    with pytest.raises(SameCategoryError):
        decide(opened, Categorise(by=LEAD, category="public-order", now=after(1)))
    with pytest.raises(WrongUnitError):
        decide(opened, Categorise(by=PROPERTY, category="facilities", now=after(1)))
    with pytest.raises(AlreadyClosedError):
        decide(given(open_case(), *done), Categorise(by=LEAD, category="facilities", now=after(9)))
