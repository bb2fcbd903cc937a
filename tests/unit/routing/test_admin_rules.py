"""A rule as an admin reads it: what it asks for in names, whom it asks, how often it led."""

from datetime import UTC, datetime

from services.routing.handlers.admin import RulesRead
from services.routing.handlers.rule_hits import RuleHits
from services.routing.pages.admin_rules import rules_shown
from services.routing.pages.admin_views import ConditionShown, TemplateShown, UnitAsked
from shared.contracts.directory import (
    CategoryDefined,
    Conditions,
    Name,
    Rule,
    RulesDefined,
    TemplateDefined,
    UnitDefined,
)
from shared.contracts.intake import StatedUrgency
from shared.contracts.messages import Message
from shared.directory import Directory

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ORDER, COMMITTEE = Name(zh="公共秩序", en="Public order"), Name(zh="春和居委会", en="Chunhe committee")


def directory(*rules: Rule) -> Directory:
    committee = UnitDefined(
        at=AT, id="chunhe", edition=1, name=COMMITTEE, area="estate", relation="committee", calendar="office"
    )
    return Directory(
        units={"chunhe": committee},
        categories={"order": CategoryDefined(at=AT, id="order", edition=1, name=ORDER)},
        rules={"rules": RulesDefined(at=AT, id="rules", edition=1, rules=rules)},
        templates={
            "lane": TemplateDefined(at=AT, id="lane", edition=1, message=Message.CASE_CLOSED, zh="谢谢：{link}")
        },
    )


def test_a_rule_says_its_conditions_in_names_and_whom_a_relation_means() -> None:
    when = Conditions(categories=("order",), words_any=("消防",), working_time=False)
    rule = Rule(id="lane", name=ORDER, when=when, unit="committee of the place")
    hits = RuleHits(rule="lane", name=ORDER, hits=3, last_at=AT)

    [shown] = rules_shown(RulesRead(directory=directory(rule), hits={"lane": hits}))

    assert shown.conditions == [
        ConditionShown(field="categories", values=[ORDER]),
        ConditionShown(field="words_any", values=[Name(zh="消防", en="消防")]),
        ConditionShown(field="not_working_time", values=[]),
    ]
    assert shown.unit == UnitAsked(relation="committee", units=[COMMITTEE])
    assert (shown.hits, shown.last_at) == (3, AT)


def test_a_rule_for_what_was_reported_as_urgent_says_so() -> None:
    rule = Rule(id="said", name=ORDER, when=Conditions(urgency=StatedUrgency.URGENT), unit="chunhe")

    [shown] = rules_shown(RulesRead(directory=directory(rule), hits={}))

    assert shown.conditions == [ConditionShown(field="stated_urgent", values=[])]


def test_a_rule_shows_which_messages_are_said_in_the_districts_own_words() -> None:
    rule = Rule(id="lane", name=ORDER, unit="chunhe", templates={Message.CASE_CLOSED: "lane"})

    [shown] = rules_shown(RulesRead(directory=directory(rule), hits={}))

    says = Name(zh="谢谢：{link}", en="谢谢：{link}")
    assert shown.templates == [TemplateShown(id="lane", message=Message.CASE_CLOSED, says=says)]


def test_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    rules = [Rule(id=each, name=ORDER, unit="chunhe") for each in ("b", "a")]

    shown = rules_shown(RulesRead(directory=directory(*rules), hits={}))

    assert [(each.place, each.id, each.hits) for each in shown] == [(1, "b", 0), (2, "a", 0)]
    assert shown[0].unit == UnitAsked(units=[COMMITTEE])
