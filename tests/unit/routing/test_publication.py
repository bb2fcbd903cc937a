"""A district file as records: one edition, sealed people, and what left the file retired."""

from datetime import UTC, datetime

from services.routing.domain.publication import retired
from services.routing.domain.rulebook import calendars_end
from shared.contracts.directory import (
    CalendarDefined,
    CategoryDefined,
    DutyDefined,
    PersonDefined,
    PlaceDefined,
    RulesDefined,
    Shift,
    TemplateDefined,
)
from shared.contracts.messages import Message
from tests.unit.routing.district_samples import LANE, published, records_of, with_templates

LATER = datetime(2026, 5, 1, tzinfo=UTC)


def test_every_record_carries_the_edition_and_has_a_stream_of_its_own() -> None:
    records = published(edition=4)

    assert {record.edition for record in records} == {4}
    assert len({record.stream for record in records}) == len(records) == 20


def test_a_place_knows_the_areas_it_lies_in_from_the_district_down() -> None:
    places = [record for record in published() if isinstance(record, PlaceDefined)]

    assert [(place.id, place.path) for place in places] == [
        ("EAST2345", ("small", "town", "estate")),
        ("V3TTA678", ("small", "town", "villa")),
    ]


def test_no_name_or_phone_of_a_person_is_in_a_record() -> None:
    people = [record for record in published() if isinstance(record, PersonDefined)]

    assert [person.name.box for person in people] == ["box-of-4", "box-of-3", "box-of-3"]
    assert not any(word in person.to_json() for person in people for word in ("甲", "1000000"))


def test_a_shift_over_midnight_becomes_an_evening_and_the_next_morning() -> None:
    (duty,) = [record for record in published() if isinstance(record, DutyDefined) and record.id == "ops"]

    assert duty.shifts == (
        Shift(person="chief", from_minute=420, to_minute=1140),
        Shift(person="chief", from_minute=1140, to_minute=1440),
        Shift(person="chief", weekdays=(2, 3, 4, 5, 6, 7, 1), from_minute=0, to_minute=420),
    )


def test_a_calendar_keeps_days_off_and_make_up_workdays() -> None:
    (office,) = [record for record in published() if isinstance(record, CalendarDefined) and record.id == "office"]

    assert office.hours[1] == ((510, 1050),)
    assert (office.days_off, office.make_up_workdays) == (("2026-10-01",), {"2026-10-10": 5})


def test_categories_keep_the_files_order() -> None:
    categories = [record for record in published() if isinstance(record, CategoryDefined)]

    assert [(category.id, category.order, category.parent) for category in categories] == [
        ("order", 1, None),
        ("parking", 2, "order"),
    ]


def test_a_template_is_a_record_and_its_rule_names_it() -> None:
    records = records_of(with_templates("lane", LANE))

    [template] = [record for record in records if isinstance(record, TemplateDefined)]
    [rules] = [record for record in records if isinstance(record, RulesDefined)]
    assert (template.stream, template.edition, template.message) == ("template-lane", 7, Message.CASE_ASSIGNED)
    assert template.zh == "{place}消防通道，{accept_by}前接单，带上拖车电话：{link}"
    assert [rule.templates for rule in rules.rules] == [{Message.CASE_ASSIGNED: "lane"}, {}, {}]


def test_what_the_new_file_leaves_out_is_retired_once_under_its_name() -> None:
    before = published(edition=1)
    now = [record for record in published(edition=2) if record.stream != "place-V3TTA678"]

    gone = retired(before, now, edition=2, at=LATER)

    assert [(record.stream, record.edition, record.retired, record.at) for record in gone] == [
        ("place-V3TTA678", 2, True, LATER)
    ]
    assert retired([*now, *gone], now, edition=3, at=LATER) == []


def test_the_calendars_in_use_end_with_the_first_of_them() -> None:
    office, always = [record for record in published() if isinstance(record, CalendarDefined)]
    retired_one = always.model_copy(update={"years": (2020,), "retired": True})
    shorter = office.model_copy(update={"years": (2025, 2026)})

    assert calendars_end([shorter, always, retired_one]) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert calendars_end([retired_one]) is None
