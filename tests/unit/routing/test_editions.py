"""What two editions of the district differ by, entry by entry and field by field."""

from datetime import UTC, datetime
from typing import Any

from services.routing.domain.editions import FieldChange, What, differences
from shared.contracts.directory import (
    Conditions,
    DirectoryEvent,
    Name,
    PersonDefined,
    PlaceDefined,
    Role,
    Rule,
    RulesDefined,
    TemplateDefined,
)
from shared.contracts.envelope import Sealed
from shared.contracts.messages import Message

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
GATE = Name(zh="东门", en="East gate")


def place(edition: int, *, name: Name = GATE, retired: bool = False) -> PlaceDefined:
    return PlaceDefined(at=AT, id="GATE", edition=edition, name=name, area="estate", path=("estate",), retired=retired)


def rule(id: str, words: tuple[str, ...] = ()) -> Rule:
    return Rule(id=id, name=Name(zh=id, en=id), unit="committee", when=Conditions(words_any=words))


def rules(edition: int, *made: Rule) -> RulesDefined:
    return RulesDefined(at=AT, id="rules", edition=edition, rules=made)


def said(*history: DirectoryEvent, earlier: int = 1, later: int = 2) -> list[tuple[str, What, Any]]:
    found = differences([history], earlier=earlier, later=later)
    return [(each.id, each.what, [field.field for field in each.fields]) for each in found]


def test_an_entry_is_added_changed_retired_and_added_again() -> None:
    way = (place(2), place(3, name=Name(zh="西门", en="West gate")), place(4, retired=True), place(5))

    steps = [said(*way, earlier=edition, later=edition + 1) for edition in range(1, 5)]

    assert steps == [
        [("GATE", What.ADDED, [])],
        [("GATE", What.CHANGED, ["name"])],
        [("GATE", What.RETIRED, [])],
        [("GATE", What.ADDED, [])],
    ]


def test_what_came_and_went_between_is_no_difference() -> None:
    assert said(place(1), place(2, name=Name(zh="西门", en="West gate")), place(3), earlier=1, later=3) == []
    assert said(place(2), place(3, retired=True), earlier=1, later=3) == []


def test_what_came_later_does_not_count() -> None:
    assert said(place(3), earlier=1, later=2) == []


def test_a_rule_differs_by_itself_and_by_its_order() -> None:
    before = rules(1, *map(rule, ("a", "b", "c", "gone")))
    after = rules(2, rule("a", ("消防",)), *map(rule, ("new", "c", "b")))

    found = said(before, after)

    assert found == [
        ("a", What.CHANGED, ["when"]),
        ("b", What.MOVED, []),
        ("c", What.MOVED, []),
        ("gone", What.RETIRED, []),
        ("new", What.ADDED, []),
    ]


def test_a_template_shows_what_it_said_and_a_rule_which_one_it_asks_for() -> None:
    def lane(edition: int, says: str) -> TemplateDefined:
        return TemplateDefined(at=AT, id="lane", edition=edition, message=Message.CASE_CLOSED, zh=says)

    asking = rule("a").model_copy(update={"templates": {Message.CASE_CLOSED: "lane"}})

    found = differences(
        [[lane(1, "好了：{link}"), lane(2, "谢谢：{link}")], [rules(1, rule("a")), rules(2, asking)]],
        earlier=1,
        later=2,
    )

    assert [(each.kind, each.id, each.fields) for each in found] == [
        ("rule", "a", (FieldChange("templates", "{}", '{"case_closed": "lane"}'),)),
        ("template", "lane", (FieldChange("zh", "好了：{link}", "谢谢：{link}"),)),
    ]


def test_a_persons_phone_is_said_to_have_changed_and_never_shown() -> None:
    def person(edition: int, role: Role, box: str) -> PersonDefined:
        sealed = Sealed(person="staff-a", key_version=1, box=box)
        return PersonDefined(at=AT, id="a", edition=edition, unit="u", role=role, name=sealed, phone=sealed)

    [found] = differences([(person(1, Role.HANDLER, "x"), person(2, Role.LEAD, "y"))], earlier=1, later=2)

    assert found.fields == (
        FieldChange("role", "handler", "lead"),
        FieldChange("name", None, None),
        FieldChange("phone", None, None),
    )
