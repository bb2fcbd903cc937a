"""Grid escalation rules: the first that matches decides, and the trace says what did not hold in those before it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.errors.directory import NoRuleMatchesError
from services.routing.domain.rules import Match, Situation, first_match, prepared
from services.routing.domain.units import Units
from shared.contracts.directory import Conditions, Name, Rule, UnitDefined
from shared.contracts.intake import Channel
from shared.contracts.routing import PassedOver, RuleTrace
from shared.working_time import Calendar

AT = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
NAME = Name(zh="名", en="Name")
OFFICE = Calendar(hours=dict.fromkeys(range(1, 6), ((510, 1050),)), years=[2026])


def unit(unit_id: str, relation: str, area: str, *, retired: bool = False) -> UnitDefined:
    return UnitDefined(
        at=AT, id=unit_id, edition=1, retired=retired, name=NAME, area=area, relation=relation, calendar="office"
    )


UNITS = Units(
    {
        "town-committee": unit("town-committee", "committee", "town"),
        "estate-committee": unit("estate-committee", "committee", "estate"),
        "property": unit("property", "property", "estate"),
        "old-police": unit("old-police", "police", "town", retired=True),
    },
    {"office": OFFICE},
)


def rule(rule_id: str, *, unit: str = "committee of the place", when: Conditions | None = None) -> Rule:
    return Rule(id=rule_id, name=NAME, unit=unit, when=when or Conditions())


def situation(
    *,
    text: str = "楼道灯不亮",
    categories: tuple[str, ...] = ("lights", "facilities"),
    areas: tuple[str, ...] = ("district", "town", "estate"),
    channel: Channel = Channel.QR,
    at: datetime = AT,
) -> Situation:
    return Situation(categories=categories, areas=areas, channel=channel, text=text, at=at)


def matched(rules: list[Rule], seen: Situation) -> Match:
    return first_match(prepared(rules), seen, units=UNITS, edition=3)


def decided_by(rules: list[Rule], seen: Situation) -> str:
    return matched(rules, seen).rule.id


def test_the_first_rule_that_matches_wins() -> None:
    rules = [rule("first"), rule("second")]

    assert decided_by(rules, situation()) == "first"


def test_the_trace_names_each_rule_passed_over_and_what_did_not_hold_in_it() -> None:
    rules = [
        rule("greening", when=Conditions(categories=("greening",))),
        rule("fire-lane", when=Conditions(categories=("facilities",), words_any=("消防通道",))),
        rule("police", unit="police of the place"),
        rule("rest"),
    ]

    match = matched(rules, situation())

    assert match.trace == RuleTrace(
        rule="rest",
        passed_over=(
            PassedOver(rule="greening", condition="categories"),
            PassedOver(rule="fire-lane", condition="words_any"),
            PassedOver(rule="police", condition="unit"),
        ),
        directory_version=3,
    )


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (Conditions(), True),
        (Conditions(categories=("lights",)), True),
        (Conditions(categories=("facilities",)), True),
        (Conditions(categories=("greening",)), False),
        (Conditions(areas=("town",)), True),
        (Conditions(areas=("other-town",)), False),
        (Conditions(channels=("qr", "partner")), True),
        (Conditions(channels=("partner",)), False),
        (Conditions(words_any=("电梯", "灯")), True),
        (Conditions(words_any=("电梯",)), False),
        (Conditions(words_all=("楼道", "灯")), True),
        (Conditions(words_all=("楼道", "电梯")), False),
        (Conditions(words_none=("电梯",)), True),
        (Conditions(words_none=("灯",)), False),
        (Conditions(working_time=True), True),
        (Conditions(working_time=False), False),
    ],
)
def test_a_condition_holds_or_passes_the_rule_over(when: Conditions, holds: bool) -> None:
    rules = [rule("asked", when=when), rule("rest")]

    assert decided_by(rules, situation()) == ("asked" if holds else "rest")


def test_a_report_without_a_category_passes_over_rules_that_ask_for_one() -> None:
    rules = [rule("facilities", when=Conditions(categories=("facilities",))), rule("rest")]

    assert decided_by(rules, situation(categories=())) == "rest"


def test_words_are_found_in_full_width_and_in_either_case() -> None:
    rules = [rule("lift", when=Conditions(words_any=("Lift 3",))), rule("rest")]

    assert decided_by(rules, situation(text="ＬＩＦＴ　３坏了")) == "lift"


def test_the_committee_of_the_place_is_the_one_of_the_nearest_area() -> None:
    estate = matched([rule("any")], situation())
    town = matched([rule("any")], situation(areas=("district", "town", "villa")))

    assert (estate.unit, town.unit) == ("estate-committee", "town-committee")


def test_a_retired_unit_gets_no_new_case() -> None:
    assert UNITS.unit_for("police of the place", ("district", "town")) is None
    assert UNITS.unit_for("old-police", ("district", "town")) is None


def test_a_year_without_its_list_is_taken_as_one_without_holidays() -> None:
    monday_in_2027 = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)

    assert UNITS.is_working("property", monday_in_2027)


def test_a_ticket_that_no_rule_takes_is_refused_loudly() -> None:
    with pytest.raises(NoRuleMatchesError):
        decided_by([rule("greening", when=Conditions(categories=("greening",)))], situation())


def test_nothing_of_the_residents_text_is_shown_with_a_situation() -> None:
    assert "楼道" not in repr(situation())


@given(st.lists(st.sampled_from(["灯", "电梯", "消防通道", "楼道"]), min_size=1, max_size=6), st.text(max_size=40))
def test_exactly_the_rules_before_the_match_are_passed_over(words: list[str], text: str) -> None:
    rules = [rule(f"rule-{n}", when=Conditions(words_any=(word,))) for n, word in enumerate(words)] + [rule("rest")]

    match = matched(rules, situation(text=text))

    position = rules.index(match.rule)
    assert [passed.rule for passed in match.trace.passed_over] == [earlier.id for earlier in rules[:position]]
