"""The pilot's district file and its month: nothing wrong with the one, and the other is what was told."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any
from zoneinfo import ZoneInfo

from services.routing.adapters.district_file import read_district
from services.routing.domain.assignment import Chosen, Report, choose_for_history
from services.routing.domain.district import District
from services.routing.domain.publication import records
from services.routing.domain.rulebook import Rulebook, rulebook_from
from shared.contracts.directory import AreaLevel
from shared.contracts.intake import Channel
from shared.working_time.china import china_calendar
from tests.unit.routing.district_samples import PUBLISHED_AT, seal

DISTRICTS = Path(__file__).parents[3] / "districts"
DOCS = DISTRICTS.with_name("docs")
SHANGHAI = ZoneInfo("Asia/Shanghai")
MILESTONES = ("opened_at", "accepted_at", "resolved_at", "verified_at", "closed_at")
SAMPLE_PHONE = re.compile(r"1000000\d{4}")
FIRE_LANE = "CH-2026-04-047"
BOXED_IN = "CH-2026-04-036"

Row = dict[str, Any]


@cache
def pilot() -> District:
    district = read_district((DISTRICTS / "pilot.yaml").read_bytes(), today=date(2026, 6, 1)).district
    assert district is not None
    return district


@cache
def pilot_rulebook() -> Rulebook:
    return rulebook_from(records(pilot(), edition=1, at=PUBLISHED_AT, seal=seal))


@cache
def month() -> list[Row]:
    lines = (DISTRICTS / "pilot-month.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def moment(row: Row, milestone: str) -> datetime:
    return datetime.fromisoformat(row[milestone])


def chosen_for(row: Row) -> Chosen:
    report = Report(
        place=row["place"],
        category=row["category"],
        channel=Channel.IMPORT,
        text=row["text"],
        at=moment(row, "opened_at"),
    )
    return choose_for_history(pilot_rulebook(), report, handled_by=row.get("unit"))


def story(source_id: str) -> Row:
    return next(row for row in month() if row["source_id"] == source_id)


def test_nothing_is_wrong_with_the_pilot_but_that_next_years_list_is_not_out() -> None:
    faults = read_district((DISTRICTS / "pilot.yaml").read_bytes(), today=date(2026, 6, 1)).faults

    assert {fault.finding.kind for fault in faults} <= {"next_year_missing"}
    assert read_district((DISTRICTS / "pilot.yaml").read_bytes(), today=date(2025, 6, 1)).faults == ()


def test_the_rule_that_the_documents_explain_can_be_put_into_the_pilot() -> None:
    written, _, words = re.findall(r"```yaml\n(.*?)```", (DOCS / "rules.md").read_text(encoding="utf-8"), re.DOTALL)
    pilot = (DISTRICTS / "pilot.yaml").read_text(encoding="utf-8")
    explained = pilot.replace("\nrules:\n", "\nrules:\n" + indent(written, "  "), 1)
    explained = explained.replace("\ntemplates:\n", f"\n{words}", 1)

    read = read_district(explained.encode(), today=date(2025, 6, 1))

    assert read.faults == ()
    assert read.district is not None
    assert read.district.rules[0].id == "lift-again"
    assert read.district.rules[0].templates == {"case_assigned": read.district.templates[0].id}


def test_a_stall_on_a_sunday_is_accepted_that_day_since_city_management_is_out() -> None:
    rulebook = pilot_rulebook()
    rule = next(rule for rule in rulebook.rules if rule.id == "city-management")
    ten_on_a_sunday = datetime(2026, 4, 19, 2, 0, tzinfo=UTC)

    due = rulebook.units.deadlines(rule.terms, unit="xinhe-city-management", start=ten_on_a_sunday)

    assert due.accept_by == datetime(2026, 4, 19, 6, 0, tzinfo=UTC)


def test_a_district_of_ones_own_is_refused_without_this_years_list() -> None:
    assert not read_district((DISTRICTS / "pilot.yaml").read_bytes(), today=date(2027, 6, 1)).publishable


def test_the_pilot_is_one_estate_with_its_stairwells_and_gates() -> None:
    assert [area.id for area in pilot().areas if area.level is AreaLevel.ESTATE] == ["chunhe-estate"]
    assert len(pilot().places) == 20


def test_the_pilots_people_are_reached_at_phones_that_nobody_can_own() -> None:
    assert all(SAMPLE_PHONE.fullmatch(person.phone) for person in pilot().people)
    assert all(SAMPLE_PHONE.fullmatch(row["phone"]) for row in month() if "phone" in row)


def test_the_pilots_offices_keep_the_official_holidays_and_make_up_workdays() -> None:
    office = next(calendar for calendar in pilot().calendars if calendar.id == "office-hours")
    official = china_calendar(years=[2025, 2026], hours=dict.fromkeys(range(1, 6), ((510, 1050),)))

    assert {day.isoformat() for day in office.days_off} == set(official.days_off)
    assert {day.isoformat() for day in office.make_up_workdays} == set(official.make_up_workdays)


def test_the_month_has_47_tickets_of_april_2026_each_named_once() -> None:
    assert len({row["source_id"] for row in month()}) == len(month()) == 47
    assert {moment(row, "opened_at").astimezone(SHANGHAI).strftime("%Y-%m") for row in month()} == {"2026-04"}


def test_every_ticket_of_the_month_was_handled_and_closed_within_it() -> None:
    for row in month():
        moments = [moment(row, milestone) for milestone in MILESTONES]
        assert moments == sorted(moments)
        assert moments[-1].astimezone(SHANGHAI).strftime("%Y-%m") == "2026-04"


def test_places_categories_and_units_of_the_month_are_the_pilots() -> None:
    assert {row["place"] for row in month()} <= {place.code for place in pilot().places}
    assert {row["category"] for row in month()} == {"greening", "public-order", "facilities"}
    assert {row["unit"] for row in month() if "unit" in row} <= {unit.id for unit in pilot().units}


def test_two_stories_are_told_and_the_other_45_are_said_to_be_made_up() -> None:
    assert [row["source_id"] for row in month() if not row["made_up"]] == [BOXED_IN, FIRE_LANE]


def test_residents_are_mostly_satisfied() -> None:
    ratings = Counter(row.get("rating") for row in month())

    assert ratings == {"satisfied": 37, "so_so": 3, "dissatisfied": 1, None: 6}


def test_a_rating_comes_after_closing_and_within_the_month() -> None:
    rated = [row for row in month() if "rating" in row]

    assert all(moment(row, "closed_at") <= moment(row, "rated_at") for row in rated)
    assert all(moment(row, "rated_at").astimezone(SHANGHAI).month == 4 for row in rated)


def test_the_fire_lane_was_reported_on_the_evening_of_the_28th_and_closed_on_the_29th() -> None:
    row = story(FIRE_LANE)

    assert row["opened_at"].startswith("2026-04-28T20:40")
    assert row["closed_at"].startswith("2026-04-29")
    told = "".join(note["text"] for note in row["notes"])
    assert all(word in told for word in ("吹哨", "应急办", "交警四中队", "派出所", "物业", "居民群"))


def test_the_boxed_in_car_was_observed_for_a_day_before_it_closed() -> None:
    row = story(BOXED_IN)

    assert moment(row, "verified_at").date() > moment(row, "resolved_at").date()
    assert any("观察一天" in note["text"] for note in row["notes"])


def test_the_rules_spread_the_month_over_the_units() -> None:
    assert Counter(chosen_for(row).assignment.trace.rule for row in month()) == {
        "facilities": 14,
        "public-order": 11,
        "greening": 10,
        "quick-repair": 6,
        "order-out-of-hours": 2,
        "history": 2,
        "burst-pipe": 1,
        "city-management": 1,
    }


def test_44_of_the_47_were_resolved_in_time() -> None:
    in_time = [
        row
        for row in month()
        if (by := chosen_for(row).assignment.deadlines.resolve_by) and moment(row, "resolved_at") <= by
    ]

    assert len(in_time) == 44
