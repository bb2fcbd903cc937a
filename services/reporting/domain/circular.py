"""The month's circular 通报: the units' figures, how each is counted, and what was corrected since it was published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.publication import Group, Publication, corrected
from services.reporting.domain.rate import Rate
from services.reporting.domain.values import OF_THE_BACKLOG, Value, value_of

# What units are compared by, the columns of the units' table.
COMPARED = ("received", "handling_rate", "closing_rate", "on_time_closing_rate", "satisfaction", "returned", "overdue")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a circular: a line above it, its head and its rows."""

    id: str
    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a circular is made of: as it was published, or, before that, as it stands."""

    month: date
    told_at: datetime
    published: Publication | None
    total_now: Figures
    units_now: Sequence[Group]

    @property
    def total(self) -> Figures:
        """The whole as it is printed."""
        return self.published.total if self.published else self.total_now

    @property
    def units(self) -> Sequence[Group]:
        """The units as they are printed."""
        return self.published.groups[By.UNIT] if self.published else self.units_now


def tables_of(told: Told, say: Callable[..., str]) -> Sequence[Table]:
    """The circular's tables in Chinese, each figure with its English name too; `say` has the definitions in words."""
    return [_units(told), _figures(told, say), _corrections(told)]


def _units(told: Told) -> Table:
    columns = [FIGURES[each] for each in COMPARED]
    ranked = sorted(told.units, key=lambda group: (not group.ranked, group.key is None, group.key or ""))
    return Table(
        id="units",
        title="各处置单位 Units",
        note="比率后括号内为分子/分母，方括号内为 95% Wilson 区间；不足 10 件的单位列出，不排名。",
        head=["处置单位 unit", *(f"{each.name.zh} {each.name.en}" for each in columns)],
        rows=[
            [_unit_name(group), *(printed(value_of(group.figures, each.id)) for each in columns)] for group in ranked
        ],
    )


def _unit_name(group: Group) -> str:
    name = group.name.zh if group.name else group.key or "未归入单位"
    return name if group.ranked else f"{name}（不足 10 件，不排名）"


def _figures(told: Told, say: Callable[..., str]) -> Table:
    return Table(
        id="figures",
        title="全部指标和计算口径 Figures and definitions",
        note="时间按上海时间；比率四舍五入到两位小数。",
        head=["指标 figure", "数值 value", "怎样计算 definition"],
        rows=[
            [_named(each), printed(value_of(told.total, each.id)), say(f"figures.said.{each.id}")]
            for each in FIGURES.values()
        ],
    )


def _corrections(told: Told) -> Table:
    changed = corrected(told.published.total, told.total_now) if told.published else ()
    return Table(
        id="corrections",
        title="公布后的更正 Corrections",
        note="公布的数不再改动；之后到达的消息使下列指标有了变化。" if changed else "没有更正。",
        head=["指标 figure", "公布时 published", "现在 now"],
        rows=[
            [_named(each), printed(value_of(told.total, each.id)), printed(value_of(told.total_now, each.id))]
            for each in FIGURES.values()
            if (each.id in changed or (each.id in OF_THE_BACKLOG and "backlog" in changed))
            and value_of(told.total, each.id) != value_of(told.total_now, each.id)
        ],
    )


def _named(figure: Definition) -> str:
    return f"{figure.name.zh} {figure.name.en}"


def printed(value: Value) -> Cell:
    """A figure as a circular prints it: never a rate without what it is made of."""
    match value:
        case Rate():
            share = "–" if value.per_cent is None else f"{value.per_cent}%"
            interval = value.interval
            reach = f" [{interval.low:.1f}–{interval.high:.1f}]" if interval else ""
            return f"{share} ({value.numerator}/{value.denominator}){reach}"
        case Duration() | FirstResponse():
            if value.count == 0:
                return "–（0 件）"
            return f"中位 {value.median_minutes:.0f} 分，p90 {value.p90_minutes:.0f} 分（{value.count} 件）"
        case _:
            return value


PARTS = ("value", "numerator", "denominator", "low", "high", "p90_minutes")
HEAD = (
    *("of", "unit", "unit_name", "ranked", "figure", "figure_zh", "figure_en"),
    *PARTS,
    *(f"{part}_now" for part in PARTS),
)


def long_table(told: Told) -> Table:
    """The same for machines: a row for the whole and for each unit by figure, what was published and what is now."""
    now = {group.key: group.figures for group in told.units_now}
    rows = [*_rows(("total", "", "全部", "true"), told.total, told.total_now)]
    for group in told.units:
        name = group.name.zh if group.name else ""
        rows += _rows(("unit", group.key or "", name, str(group.ranked).lower()), group.figures, now.get(group.key))
    return Table(id="long", title="", note="", head=HEAD, rows=rows)


def _rows(spot: Sequence[str], was: Figures, now: Figures | None) -> list[Sequence[Cell]]:
    return [
        [*spot, each.id, each.name.zh, each.name.en, *_parts(was, each), *_parts(now, each)]
        for each in FIGURES.values()
    ]


def _parts(figures: Figures | None, figure: Definition) -> Sequence[Cell]:
    value = None if figures is None else value_of(figures, figure.id)
    match value:
        case None:
            return [None] * len(PARTS)
        case Rate():
            interval, share = value.interval, value.per_cent
            low, high = (interval.low, interval.high) if interval else (None, None)
            return [None if share is None else float(share), value.numerator, value.denominator, low, high, None]
        case Duration() | FirstResponse():
            return [value.median_minutes, value.count, None, None, None, value.p90_minutes]
        case _:
            return [value, value, None, None, None, None]
