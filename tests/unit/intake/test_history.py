"""A line of another system's past: read as it was meant, or refused with every field at fault."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from services.intake.domain.history import HistoryMapping, Known, PastTicket, past_ticket
from shared.contracts.intake import Rating, StatedUrgency

PILOT_MONTH = Path(__file__).parents[3] / "districts" / "pilot-month.jsonl"
NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
MAPPING = HistoryMapping(date_formats=("%Y/%m/%d %H:%M:%S", "%Y/%m/%d"))
LINE: dict[str, Any] = {
    "source_id": "7",
    "opened_at": "2026-04-01 08:00:00",
    "place": "GATE",
    "text": "灯不亮",
}


def no_phone(given: str) -> str:
    if given != "10000001234":
        raise RefusedFieldsError([Refusal("phone", Fault.NOT_A_PHONE)])
    return f"+86{given}"


KNOWN = Known(places={"GATE"}, categories={"order"}, units={"committee"}, phone=no_phone, now=NOW)


def read(mapping: HistoryMapping = MAPPING, **changes: Any) -> PastTicket:
    return past_ticket(LINE | changes, mapping, KNOWN)


def faults(**changes: Any) -> list[tuple[str, Fault]]:
    with pytest.raises(RefusedFieldsError) as refused:
        read(**changes)
    return [(each.field, each.fault) for each in refused.value.refusals]


@pytest.mark.parametrize(
    "written",
    [
        "2026-04-01 08:00:00",
        "2026-04-01T00:00:00Z",
        "2026-04-01T08:00:00+08:00",
        "2026/4/1 8:00:00",
        datetime(2026, 4, 1, 8),  # noqa: DTZ001 - spreadsheets know no zones.
    ],
)
def test_a_moment_is_read_in_the_mappings_zone_unless_it_names_one(written: object) -> None:
    assert read(opened_at=written).opened_at == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-04-01", "2026/04/01", date(2026, 4, 1)])
def test_a_day_begins_at_midnight_in_shanghai(written: object) -> None:
    assert read(opened_at=written).opened_at == datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("written", ["188006", 188006, 188006.0])
def test_an_id_stays_the_same_through_a_spreadsheet(written: object) -> None:
    assert read(source_id=written).source_id == "188006"


def test_an_id_that_is_written_with_a_decimal_is_another_one() -> None:
    assert read(source_id="12.0").source_id == "12.0"


@pytest.mark.parametrize(
    "written",
    [
        "0001-01-01T00:00:00+08:00",
        "0001-01-01 00:00:00",
        "1899-12-30",
        "1999-12-31T23:59:59+08:00",
        "9999-12-31T23:59:59-08:00",
        datetime(1, 1, 1),  # noqa: DTZ001 - spreadsheets know no zones.
    ],
)
def test_a_date_outside_the_calendar_or_before_any_such_system_is_none(written: object) -> None:
    assert faults(opened_at=written) == [("opened_at", Fault.NOT_A_DATE)]


def test_first_day_that_has_figures_is_the_first_that_is_taken() -> None:
    assert read(opened_at="2000-01-01").opened_at == datetime(1999, 12, 31, 16, tzinfo=UTC)


def test_every_ticket_of_the_pilot_month_is_in_order() -> None:
    lines = [json.loads(line) for line in PILOT_MONTH.read_text(encoding="utf-8").splitlines()]
    known = Known(
        places={line["place"] for line in lines},
        categories={line["category"] for line in lines},
        units={line.get("unit") for line in lines},
        phone=lambda given: given,
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )

    taken = [past_ticket(line, HistoryMapping(), known) for line in lines]

    assert [ticket.source_id for ticket in taken] == [line["source_id"] for line in lines]


def test_several_columns_make_one_text() -> None:
    mapping = HistoryMapping(columns={"text": ("title", "body")})

    assert read(mapping, title=" 灯不亮 ", body="\n\t三天了\n").text == "灯不亮\n三天了"


def test_a_constant_stands_where_the_line_says_nothing() -> None:
    mapping = HistoryMapping(constants={"category": "order"})

    assert read(mapping).category == "order"


@pytest.mark.parametrize(
    ("written", "stated"),
    [
        ("urgent", StatedUrgency.URGENT),
        ("特急", StatedUrgency.URGENT),
        (1, StatedUrgency.URGENT),
        ("平", None),
        ("", None),
    ],
)
def test_another_systems_words_for_urgency_are_read_as_the_mapping_says(
    written: object, stated: StatedUrgency | None
) -> None:
    said = {"stated_urgency": {"特急": "urgent", 1: "urgent", "平": ""}}
    mapping = HistoryMapping.model_validate({"columns": {"stated_urgency": "等级"}, "values": said})

    assert read(mapping, 等级=written).stated_urgency is stated


def test_a_mapping_has_other_words_only_for_what_is_one_of_several() -> None:
    with pytest.raises(ValidationError, match="no choice is made in text; one is made in category, place"):
        HistoryMapping(values={"text": {"a": "b"}})


def test_a_rating_without_its_time_is_of_the_closing() -> None:
    rating = read(closed_at="2026-04-02 09:00:00", rating="so_so").rating

    assert rating is not None
    assert (rating.rating, rating.at) == (Rating.SO_SO, datetime(2026, 4, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source_id": ""}, [("source_id", Fault.REQUIRED)]),
        ({"opened_at": None}, [("opened_at", Fault.REQUIRED)]),
        ({"opened_at": "2026/13/45"}, [("opened_at", Fault.NOT_A_DATE)]),
        ({"opened_at": "2026-04-29"}, [("opened_at", Fault.IN_FUTURE)]),
        ({"place": "NOWHERE"}, [("place", Fault.UNKNOWN_PLACE)]),
        ({"place": ""}, [("place", Fault.REQUIRED)]),
        ({"category": "none"}, [("category", Fault.NOT_A_CHOICE)]),
        ({"unit": "none"}, [("unit", Fault.UNKNOWN_UNIT)]),
        ({"stated_urgency": "特急"}, [("stated_urgency", Fault.NOT_AN_URGENCY)]),
        ({"phone": "12"}, [("phone", Fault.NOT_A_PHONE)]),
        ({"text": "长" * 20_001}, [("text", Fault.TOO_LONG)]),
        ({"text": "a\x00"}, [("text", Fault.NOT_PRINTABLE)]),
        ({"closed_at": "2026-03-01"}, [("closed_at", Fault.NOT_IN_ORDER)]),
        (
            {"resolved_at": "2026-04-03", "verified_at": "2026-04-02"},
            [("verified_at", Fault.NOT_IN_ORDER)],
        ),
        (
            {"closed_at": "2026-04-02", "rating": "satisfied", "rated_at": "2026-04-01 09:00:00"},
            [("rated_at", Fault.NOT_IN_ORDER)],
        ),
        ({"notes": [{"at": "2026-03-31", "text": "早于来件"}]}, [("notes", Fault.NOT_IN_ORDER)]),
        (
            {"closed_at": "2026-03-01", "rating": "satisfied", "rated_at": "2026-02-01",
             "notes": [{"at": "2026-02-01", "text": "早于来件"}]},
            [("closed_at", Fault.NOT_IN_ORDER), ("rated_at", Fault.NOT_IN_ORDER), ("notes", Fault.NOT_IN_ORDER)],
        ),
        ({"rating": "satisfied"}, [("rating", Fault.NOT_CLOSED)]),
        ({"rating": "great", "closed_at": "2026-04-02"}, [("rating", Fault.NOT_A_CHOICE)]),
        ({"notes": "words"}, [("notes", Fault.NOT_A_LIST)]),
        ({"notes": [{"text": "no time"}]}, [("notes", Fault.NOT_A_LIST)]),
        ({"source_id": "", "place": "X", "phone": "1"}, [
            ("source_id", Fault.REQUIRED), ("place", Fault.UNKNOWN_PLACE), ("phone", Fault.NOT_A_PHONE),
        ]),
    ],
)  # fmt: skip
def test_a_line_is_refused_with_every_field_at_fault(
    changes: dict[str, Any], expected: list[tuple[str, Fault]]
) -> None:
    assert faults(**changes) == expected


def test_twenty_thousand_characters_of_history_are_kept() -> None:
    assert len(read(text="长" * 20_000).text) == 20_000


def test_columns_that_the_mapping_names_and_the_head_lacks_are_told_by_field() -> None:
    mapping = HistoryMapping(
        columns={"text": ("标题", "详情"), "phone": "手机", "place": "点位"}, constants={"place": "GATE"}
    )

    assert mapping.absent_from({"source_id", "opened_at", "标题"}) == {
        "phone": ("手机",),
        "place": ("点位",),
        "text": ("详情",),
    }


def test_columns_that_every_line_needs_are_absent_also_where_no_mapping_names_them() -> None:
    mapping = HistoryMapping(constants={"place": "GATE"})

    assert mapping.absent_from({"source_id", "text"}) == {"opened_at": ("opened_at",)}
    assert mapping.absent_from({"source_id", "text", "opened_at"}) == {}
