"""Another system's history: taken over once, whatever its file looks like, and accounted for line by line."""

import json
import os
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.adapters.import_files import ImportFile
from services.intake.domain.errors import ImportColumnsAbsentError, ImportFileUnreadableError
from services.intake.domain.history import HistoryMapping
from services.intake.handlers import BadLine, ImportOrder, ImportProgress, Intake, check_import, import_tickets
from tests.integration.intake.conftest import PHONE, Door

BESIDE_THE_CHECKOUT = Path(__file__).parents[4] / "shared" / "data" / "residents-messages-zh.csv"
RESIDENTS_MESSAGES = Path(os.environ.get("YIMA_RESIDENTS_MESSAGES", BESIDE_THE_CHECKOUT))
HEAD = "source_id,opened_at,place,text,phone"
CLOSED = {
    "source_id": "M-1",
    "opened_at": "2026-04-01T08:12:00+08:00",
    "place": "GATE",
    "category": "order",
    "text": "消防通道被堵",
    "phone": PHONE,
    "unit": "committee",
    "stated_urgency": "urgent",
    "accepted_at": "2026-04-01T08:41:00+08:00",
    "resolved_at": "2026-04-02T10:20:00+08:00",
    "closed_at": "2026-04-02T11:10:00+08:00",
    "rating": "satisfied",
    "rating_words": "很快",
    "rated_at": "2026-04-02T15:10:00+08:00",
    "notes": [{"at": "2026-04-02T10:15:00+08:00", "text": "已劝离"}],
}

Take = Callable[[Intake, ImportOrder], AsyncGenerator[ImportProgress, None]]


def order(file: Path, mapping: HistoryMapping | None = None) -> ImportOrder:
    return ImportOrder(ImportFile(file), "hotline", mapping or HistoryMapping())


async def imported(door: Door, file: Path, mapping: HistoryMapping | None = None) -> ImportProgress:
    """Import a file and say how it went; the bad lines of all batches stand in `bad`."""
    last, bad = ImportProgress(), list[BadLine]()
    async for last in import_tickets(door.intake, order(file, mapping)):
        bad += last.bad
    last.bad = bad
    return last


def written(folder: Path, content: bytes, name: str = "history.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def csv_of(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines, ""]).encode()


async def test_a_closed_ticket_comes_with_its_stages_rating_and_notes(door: Door, tmp_path: Path) -> None:
    file = written(tmp_path, json.dumps(CLOSED).encode(), "month.jsonl")

    progress = await imported(door, file)

    rows = await door.intake.runtime.pool.fetch("SELECT type, data, occurred_at FROM events ORDER BY position")
    ticket, rating = (json.loads(row["data"]) for row in rows)
    assert (progress.read, progress.imported, progress.refused) == (1, 1, 0)
    assert [row["type"] for row in rows] == ["yima.intake.TicketImported", "yima.intake.TicketRated"]
    assert ticket["milestones"]["closed_at"] == "2026-04-02T03:10:00Z"
    assert (ticket["unit"], ticket["stated_urgency"], len(ticket["notes"])) == ("committee", "urgent", 1)
    assert (rating["rating"], rating["history"]) == ("satisfied", True)
    assert "消防" not in rows[0]["data"]


async def test_a_source_id_is_imported_once_from_whatever_file(door: Door, tmp_path: Path) -> None:
    first = written(tmp_path, csv_of("7,2026-04-01 08:00:00,GATE,灯不亮,"))
    second = written(
        tmp_path, csv_of("7,2026-04-01 08:00:00,GATE,灯不亮,", "8,2026-04-01 09:00:00,GATE,门坏了,"), "b.csv"
    )

    await imported(door, first)
    again = await imported(door, first)
    other = await imported(door, second)

    assert (again.read, again.imported, again.already) == (1, 0, 1)
    assert (other.imported, other.already) == (1, 1)
    assert await door.tickets() == 2


async def test_ids_stay_what_they_were_and_a_slash_in_one_can_not_make_it_anothers(door: Door, tmp_path: Path) -> None:
    file = written(tmp_path, csv_of("b/c,2026-04-01 08:00:00,GATE,灯不亮,"))

    await imported(door, file)
    with pytest.raises(ValueError, match="source"):
        replace(order(file), source="hotline/b")

    ticket_id = await door.intake.runtime.pool.fetchval("SELECT ticket_id FROM imported")
    assert ticket_id == uuid5(NAMESPACE_URL, "yima import hotline/b/c")


async def test_an_interrupted_import_goes_on_where_it_stood(door: Door, tmp_path: Path) -> None:
    lines = [f"{number},2026-04-01 08:00:00,GATE,第{number}件," for number in range(1200)]
    file = written(tmp_path, csv_of(*lines))

    interrupted = import_tickets(door.intake, order(file))
    first = await anext(interrupted)
    done = first.imported
    await interrupted.aclose()
    rest = await imported(door, file)

    assert done == 500
    assert (rest.read, rest.imported, rest.already) == (1200, 700, 500)
    assert await door.tickets() == 1200


async def test_imported_people_with_one_phone_are_one_person_also_at_the_front_door(door: Door, tmp_path: Path) -> None:
    await door.report(phone=PHONE)
    file = written(tmp_path, csv_of(f"1,2026-04-01 08:00:00,GATE,一,{PHONE}", f"2,2026-04-01 08:00:00,GATE,二,{PHONE}"))

    await imported(door, file)

    people = await door.intake.runtime.pool.fetchval("SELECT count(DISTINCT data->>'reporter') FROM events")
    assert people == 1


async def test_a_dry_run_lists_every_bad_line_and_writes_nothing(door: Door, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        csv_of(
            "1,2026-04-01 08:00:00,GATE,灯不亮,",
            ",2026-04-01 08:00:00,GATE,没有编号,",
            "3,昨天,NOWHERE,日期和点位都不对,",
            "4,2026-04-01 08:00:00,GATE,,",
            "5,2026-04-01 08:00:00,GATE",
            "6,2026-04-01 08:00:00,GATE,电话不对,12",
            "7,2099-04-01 08:00:00,GATE,将来,",
            "1,2026-04-01 08:00:00,GATE,重复,",
            "9,2026-04-01 08:00:00,GATE,控\x07制,",
            "10,2026-04-01 08:00:00,GATE,多,,一列",
        ),
    )

    bad: dict[int, list[tuple[str, str]]] = {}
    async for progress in check_import(door.intake, order(file)):
        bad |= {line.number: [(each.field, each.fault.value) for each in line.refusals] for line in progress.bad}

    assert bad == {
        3: [("source_id", "required")],
        4: [("opened_at", "not_a_date"), ("place", "unknown_place")],
        5: [("text", "required")],
        6: [("line", "too_few_columns")],
        7: [("phone", "not_a_phone")],
        8: [("opened_at", "in_future")],
        9: [("source_id", "repeated")],
        10: [("text", "not_printable")],
        11: [("line", "too_many_columns")],
    }
    assert await door.tickets() == 0


@pytest.mark.parametrize("take", [check_import, import_tickets])
async def test_columns_that_the_head_lacks_are_told_once_before_any_line_is_read(
    door: Door, tmp_path: Path, take: Take
) -> None:
    file = written(tmp_path, csv_of("1,2026-04-01 08:00:00,GATE,灯不亮,", "2,2026-04-01 08:00:00,GATE"))
    mapping = HistoryMapping(columns={"text": ("text", "详情")})

    with pytest.raises(ImportColumnsAbsentError) as refused:
        await anext(take(door.intake, order(file, mapping)))

    assert refused.value.absent == {"text": ("详情",)}
    assert refused.value.columns == ("source_id", "opened_at", "place", "text", "phone")
    assert await door.tickets() == 0


async def test_lines_of_json_name_their_own_columns_so_each_is_refused_for_itself(door: Door, tmp_path: Path) -> None:
    lines = [CLOSED, {name: CLOSED[name] for name in CLOSED if name != "text"}]
    file = written(tmp_path, "\n".join(map(json.dumps, lines)).encode(), "month.jsonl")

    progress = await imported(door, file)

    assert (progress.imported, [line.number for line in progress.bad]) == (1, [2])


async def test_columns_are_known_also_where_every_line_has_too_few(door: Door, tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEAD},备注,\n1,2026-04-01 08:00:00\n".encode())

    progress = await imported(door, file)

    assert list(progress.columns) == ["source_id", "opened_at", "place", "text", "phone", "备注"]
    assert progress.ignored_columns == {"备注"}


async def test_a_column_without_a_name_is_not_listed(door: Door, tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEAD},\n1,2026-04-01 08:00:00,GATE,灯不亮,,多余\n".encode())

    progress = await imported(door, file)

    assert (progress.imported, progress.ignored_columns) == (1, set())
    assert list(progress.columns) == ["source_id", "opened_at", "place", "text", "phone"]


async def test_what_was_refused_is_tried_again_after_an_interruption(door: Door, tmp_path: Path) -> None:
    lines = [f"{number},2026-04-01 08:00:00,{'NEWGATE' if number == 3 else 'GATE'},灯不亮," for number in range(8)]
    file = written(tmp_path, csv_of(*lines))
    interrupted = import_tickets(door.intake, replace(order(file), batch=5))
    await anext(interrupted)
    await interrupted.aclose()

    rest = await imported(door, file)

    assert (rest.read, rest.imported, rest.already, rest.refused) == (8, 3, 4, 1)
    assert [line.number for line in rest.bad] == [5]


IDS = st.sampled_from(["1", "2", "12", "12.0", "", "长" * 101, "\ud800"])
MOMENTS = st.sampled_from(
    ["2026-04-01 08:00", "0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00", "1899-12-30", "昨天"]
)
VALUES: st.SearchStrategy[Any] = st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=8), st.just([{}]))
ROWS = st.fixed_dictionaries(
    {"source_id": IDS, "opened_at": MOMENTS, "place": st.just("GATE"), "text": st.sampled_from(["灯不亮", "\udfff"])},
    optional={
        "phone": st.one_of(st.just(PHONE), VALUES),
        "closed_at": st.one_of(MOMENTS, VALUES),
        "rating": st.one_of(st.just("satisfied"), VALUES),
        "notes": st.lists(st.fixed_dictionaries({"at": MOMENTS, "text": VALUES}), max_size=2),
        "name": VALUES,
        "unit": VALUES,
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
async def test_a_dry_run_finds_what_the_import_refuses_whatever_the_file(
    busy_door: Door, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    file, source = written(tmp_path, content, "any.jsonl"), f"any-{uuid4().hex}"

    def anew() -> ImportOrder:
        return replace(order(file), source=source, batch=2)

    checked = [(replace(step), step.bad) async for step in check_import(busy_door.intake, anew())]
    done = [(replace(step), step.bad) async for step in import_tickets(busy_door.intake, anew())]

    assert done == checked
    assert done[-1][0].read == len(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_table_is_read_in_the_encodings_that_are_used_here(door: Door, tmp_path: Path, encoding: str) -> None:
    text = csv_of("1,2026-04-01 08:00:00,GATE,消防通道被堵,").decode()
    file = written(tmp_path, text.encode(encoding))

    progress = await imported(door, file)

    assert (progress.imported, progress.ignored_columns) == (1, set())


async def test_a_spreadsheet_is_read_with_its_numbers_and_dates(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "history.xlsx"
    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编号", "时间", "内容"])
    sheet.write_row(1, 0, [188006, "2019/2/28 11:25:05", "=灯不亮"])
    book.close()
    mapping = HistoryMapping(
        columns={"source_id": "编号", "opened_at": "时间", "text": "内容"},
        constants={"place": "GATE"},
        date_formats=("%Y/%m/%d %H:%M:%S",),
    )

    progress = await imported(door, file, mapping)

    assert progress.imported == 1
    assert await door.intake.runtime.pool.fetchval("SELECT source_id FROM imported") == "188006"
    at = await door.intake.runtime.pool.fetchval("SELECT opened_at FROM tickets")
    assert at.isoformat() == "2019-02-28T03:25:05+00:00"


@pytest.mark.parametrize("name", ["history.xlsx", "history.csv"])
async def test_what_is_no_table_is_refused_whole(door: Door, tmp_path: Path, name: str) -> None:
    file = written(tmp_path, b"\xff\xff\x00PK", name)

    with pytest.raises(ImportFileUnreadableError):
        await imported(door, file)

    assert await door.tickets() == 0


@pytest.mark.skipif(not RESIDENTS_MESSAGES.exists(), reason="the residents' messages are not on this machine")
async def test_every_one_of_the_residents_messages_is_accounted_for(door: Door) -> None:
    mapping = HistoryMapping(
        columns={
            "source_id": "留言编号",
            "name": "留言用户",
            "text": ("留言主题", "留言详情"),
            "opened_at": "留言时间",
        },
        constants={"place": "GATE"},
        date_formats=("%Y/%m/%d %H:%M:%S",),
    )

    progress = await imported(door, RESIDENTS_MESSAGES, mapping)

    assert (progress.read, progress.imported, progress.already, progress.refused) == (1442, 1442, 0, 0)
    assert progress.ignored_columns == {"反对数", "点赞数"}
    assert await door.tickets() == 1442
