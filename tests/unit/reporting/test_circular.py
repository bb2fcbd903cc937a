"""A month's circular says every unit's figures as they were published, how each is counted, and what was corrected."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from services.cli.report import Format, write_circular
from services.reporting.adapters.pages import write_pdf
from services.reporting.adapters.sheets import write_csv, write_xlsx
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.circular import HEAD, Cell, Table, Told, long_table, printed, tables_of
from services.reporting.domain.duration import duration
from services.reporting.domain.figures import Figures, figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.publication import Group, Publication
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name
from shared.web.catalogues import load_catalogues, raise_missing

NOW = datetime(2026, 5, 20, tzinfo=UTC)
SAY = load_catalogues("reporting", on_missing=raise_missing)["zh"].say


def of(**counts: int) -> Figures:
    return figures(Tally(**counts), FirstResponse(count=0))


CITY = of(closed=911, closed_in_time=737, overdue_open=61)
SMALL = Group(key="police", name=Name(zh="=派出所", en="police"), ranked=False, figures=of(closed=1))
LARGE = Group(key="property", name=Name(zh="物业", en="property"), ranked=True, figures=of(closed=46, overdue_open=4))
TOLD = Told(month=date(2026, 4, 1), told_at=NOW, published=None, total_now=CITY, units_now=[SMALL, LARGE])


def published(now: Figures, units_now: Sequence[Group] = (SMALL, LARGE)) -> Told:
    groups = {by: [SMALL, LARGE] if by is By.UNIT else [] for by in (By.AREA, By.CATEGORY, By.UNIT)}
    publication = Publication(month=TOLD.month, published_at=NOW, total=CITY, groups=groups)
    return replace(TOLD, published=publication, total_now=now, units_now=units_now)


def test_a_rate_is_printed_as_circulars_do_with_what_it_is_made_of() -> None:
    assert printed(Rate(911, 972), SAY) == "93.72% (911/972) [92.0–95.1]"
    assert printed(Rate(0, 0), SAY) == "– (0/0)"
    assert printed(duration([10, 20, 30]), SAY) == "中位 20 分钟，p90 30 分钟（3 件）"


def test_times_are_printed_in_hours_and_days_but_working_time_makes_no_days() -> None:
    assert printed(duration([1185, 6000]), SAY) == "中位 59 小时 52 分，p90 4 天 4 小时（2 件）"
    waited = FirstResponse(count=1, median_minutes=6000, p90_minutes=6000)
    assert printed(waited, SAY) == "中位 100 小时 0 分，p90 100 小时 0 分（1 件）"


def test_small_units_stand_after_the_others_and_are_not_ranked() -> None:
    units, _, _ = tables_of(TOLD, SAY)

    assert [row[0] for row in units.rows] == ["物业", "=派出所（不足 10 件，不排名）"]


def test_what_was_not_told_then_is_said_to_be_so_and_is_no_number_nor_a_correction() -> None:
    came = replace(LARGE, key="grid", name=Name(zh="网格", en="grid"))
    told = published(CITY, units_now=[SMALL, LARGE, came])
    assert told.published is not None
    units = [replace(each, figures=replace(each.figures, untold=frozenset({"overdue"}))) for each in (SMALL, LARGE)]
    total = replace(CITY, untold=frozenset({"overdue"}))
    then = replace(told, published=replace(told.published, total=total, groups={By.UNIT: units}))

    shown, figures_told, corrections = tables_of(then, SAY)
    overdue = [row for row in long_table(then, SAY).rows if row[4] == "overdue"]

    assert [row[-1] for row in shown.rows] == ["公布时尚无此指标"] * 2
    assert [row[1] for row in figures_told.rows if row[0] == "超期未结 overdue backlog"] == ["公布时尚无此指标"]
    assert "超期未结 overdue backlog" not in [row[1] for row in corrections.rows]
    assert [(row[1], row[7], row[13]) for row in overdue] == [
        ("", None, 61),
        ("grid", None, 4),
        ("police", None, 0),
        ("property", None, 4),
    ]


def test_a_month_that_is_not_published_has_no_corrections_yet() -> None:
    _, _, corrections = tables_of(TOLD, SAY)

    assert (corrections.note, corrections.rows) == ("本月尚未公布，公布后到达的变化才列为更正。", [])


def test_every_figure_is_explained() -> None:
    _, told, _ = tables_of(TOLD, SAY)

    assert len(told.rows) == len(FIGURES)
    assert all(row[2] for row in told.rows)


def test_a_published_month_is_printed_as_it_was_and_what_changed_stands_below() -> None:
    now = of(closed=912, closed_in_time=737, overdue_open=60)

    units, told, corrections = tables_of(published(now), SAY)

    by_name = {row[1]: row[2:] for row in corrections.rows}
    assert {row[0] for row in corrections.rows} == {"全部"}
    assert len(units.rows) == 2
    assert "93.72% (911/972) [92.0–95.1]" in [row[1] for row in told.rows]
    assert by_name["结案率 closing rate"] == ["93.72% (911/972) [92.0–95.1]", "93.83% (912/972) [92.1–95.2]"]
    assert by_name["超期未结 overdue backlog"] == [61, 60]
    assert "受理 received" not in by_name


def test_a_length_that_was_corrected_in_its_sum_alone_is_not_printed_as_unchanged() -> None:
    was, now = (replace(CITY, returned=duration([first, 11.0, 11.0, 42.0])) for first in (2.0, 5.0))
    told = published(now)
    assert told.published is not None

    _, _, corrections = tables_of(replace(told, published=replace(told.published, total=was)), SAY)

    assert [row[2:] for row in corrections.rows] == [
        ["中位 11 分钟，p90 42 分钟（4 件） · 合计 66 分钟", "中位 11 分钟，p90 42 分钟（4 件） · 合计 69 分钟"]
    ]


def test_nor_is_one_whose_sum_is_of_many_days() -> None:
    was, now = (replace(CITY, returned=duration([first, *[30_000.0] * 3])) for first in (10.0, 15.0))
    told = published(now)
    assert told.published is not None

    _, _, corrections = tables_of(replace(told, published=replace(told.published, total=was)), SAY)

    [row] = corrections.rows
    assert [each.split("合计 ")[1] for each in map(str, row[2:])] == ["1500 小时 10 分", "1500 小时 15 分"]


def test_what_changed_of_units_stands_below_too_also_of_one_that_came_later() -> None:
    grown = replace(LARGE, figures=of(closed=47, overdue_open=3))
    came = Group(key="water", name=Name(zh="水务", en="water"), ranked=True, figures=of(received=12))

    _, _, corrections = tables_of(published(CITY, [SMALL, grown, came]), SAY)

    assert [row for row in corrections.rows if row[1] in ("结案率 closing rate", "受理 received")] == [
        ["物业", "结案率 closing rate", "92.00% (46/50) [81.2–96.8]", "94.00% (47/50) [83.8–97.9]"],
        ["水务", "受理 received", 0, 12],
    ]


def test_both_columns_of_the_units_add_up_for_machines_whoever_came_or_went() -> None:
    came = Group(key="water", name=Name(zh="水务", en="water"), ranked=True, figures=of(closed=5))

    table = long_table(published(of(closed=51, overdue_open=4), [LARGE, came]), SAY)

    rows = [dict(zip(table.head, row, strict=True)) for row in table.rows]
    units = [row for row in rows if (row["of"], row["figure"]) == ("unit", "closing_rate")]
    assert [(row["unit"], row["numerator"], row["numerator_now"]) for row in units] == [
        ("police", 1, 0),
        ("property", 46, 46),
        ("water", 0, 5),
    ]


def test_machines_get_a_row_for_each_figure_of_the_whole_and_of_each_unit() -> None:
    table = long_table(TOLD, SAY)

    (row,) = [row for row in table.rows if (row[0], row[4]) == ("total", "closing_rate")]
    assert len(table.rows) == 3 * len(FIGURES)
    assert dict(zip(table.head, row, strict=True)) | {"value": 93.72, "numerator": 911, "denominator": 972} == dict(
        zip(table.head, row, strict=True)
    )


def test_no_cell_of_a_file_is_ever_computed(tmp_path: Path) -> None:
    wicked: list[Cell] = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "－1", " =1", "物业", -3, None]
    table = Table(id="t", title="表", note="", head=["a"], rows=[[cell] for cell in wicked])

    write_csv(tmp_path / "t.csv", table)
    write_xlsx(tmp_path / "t.xlsx", "通报", [table])

    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == [
            *("'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\n=1", "'＝1", "'－1", "' =1", "物业", "-3", "")
        ]
    sheet = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0)
    # What Calamine reads as text was written as text: a formula that nothing computed would be empty.
    assert [row[0] for row in sheet.to_python()][3:14] == wicked[:-1]


def test_the_pages_hold_their_letters_and_take_names_for_no_markup(tmp_path: Path) -> None:
    rows = [["#panic()", "*粗* $x$ \\ [b]"]]
    table = Table(id="units", title="各单位", note="", head=["单位", "数"], rows=rows)

    write_pdf(tmp_path / "t.pdf", "通报", "说明", [table])

    written = (tmp_path / "t.pdf").read_bytes()
    assert written.startswith(b"%PDF-")
    assert b"/FontFile" in written


def test_a_workbook_has_the_numbers_to_go_on_with_behind_what_is_read(tmp_path: Path) -> None:
    write_circular(tmp_path / "a.xlsx", Format.XLSX, TOLD)

    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    rows = book.get_sheet_by_name("数据").to_python()
    [closing] = [row for row in rows if (row[0], row[4]) == ("total", "closing_rate")]
    assert book.sheet_names[-1] == "数据"
    assert list(HEAD) in rows
    assert closing[7:10] == [93.72, 911, 972]
