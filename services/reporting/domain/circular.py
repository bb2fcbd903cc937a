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
from services.reporting.domain.period import SHANGHAI
from services.reporting.domain.publication import Group, Pair, Publication, corrected, paired
from services.reporting.domain.rate import Rate
from services.reporting.domain.values import Value, value_of
from shared.lasting import lasted

# What units are compared by, the columns of the units' table.
COMPARED = (
    *("received", "handling_rate", "closing_rate", "on_time_closing_rate", "closed_without_sla"),
    *("satisfaction", "returned", "overdue"),
)
Cell = str | int | float | None
Say = Callable[..., str]


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

    @property
    def pairs(self) -> Sequence[Pair]:
        """The units as they are printed, each beside what it is now; those that came later among them."""
        return paired(self.units, self.units_now, untold=self.total.untold)


def tables_of(told: Told, say: Say) -> Sequence[Table]:
    """The circular's tables in the words of `say`, each figure by its name in both languages."""
    return [_units(told, say), _figures(told, say), _corrections(told, say)]


def title_of(told: Told, say: Say) -> str:
    """What stands above all."""
    return say("circular.title", month=f"{told.month:%Y-%m}")


def subtitle_of(told: Told, say: Say) -> str:
    """When it was published, or that it was not and how things stood when it was made."""
    key, at = "circular.provisional", told.told_at
    if told.published is not None:
        key, at = "circular.published", told.published.published_at
    return say(key, at=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _units(told: Told, say: Say) -> Table:
    columns = [FIGURES[each] for each in COMPARED]
    ranked = sorted(told.units, key=lambda group: (not group.ranked, group.key is None, group.key or ""))
    return Table(
        id="units",
        title=say("circular.units"),
        note=say("circular.units_note"),
        head=[say("circular.unit"), *(_named(each) for each in columns)],
        rows=[[_unit_name(group, say), *(_printed(group.figures, each, say) for each in columns)] for group in ranked],
    )


def _unit_name(group: Group, say: Say) -> str:
    name = _name(group, say)
    return name if group.ranked else say("circular.not_ranked", unit=name)


def _name(group: Group, say: Say) -> str:
    return group.name.zh if group.name else group.key or say("circular.no_unit")


def _figures(told: Told, say: Say) -> Table:
    return Table(
        id="figures",
        title=say("circular.figures"),
        note=say("circular.figures_note"),
        head=[say("circular.figure"), say("circular.value"), say("circular.definition")],
        rows=[
            [_named(each), _printed(told.total, each, say), say(f"figures.said.{each.id}")] for each in FIGURES.values()
        ],
    )


def _corrections(told: Told, say: Say) -> Table:
    rows = _corrected_rows(told, say) if told.published else []
    note = "circular.corrected" if rows else "circular.not_corrected"
    return Table(
        id="corrections",
        title=say("circular.corrections"),
        note=say(note if told.published else "circular.not_published"),
        head=[say("circular.of"), say("circular.figure"), say("circular.then"), say("circular.now")],
        rows=rows,
    )


def _corrected_rows(told: Told, say: Say) -> list[Sequence[Cell]]:
    """What changed of the whole, and of each unit as far as its figures are printed."""
    changed = [
        (say("circular.whole"), figure, told.total, told.total_now) for figure in corrected(told.total, told.total_now)
    ]
    for pair in told.pairs:
        name, was, now = _name(pair.published, say), pair.published.figures, pair.now.figures
        changed += [(name, figure, was, now) for figure in pair.changed if figure in COMPARED]
    return [
        [name, _named(FIGURES[figure]), _corrected(value_of(was, figure), say), _corrected(value_of(now, figure), say)]
        for name, figure, was, now in changed
    ]


def _corrected(value: Value, say: Say) -> Cell:
    """As it is printed; of a length its sum to the minute, too, which may be all that changed."""
    told = printed(value, say)
    if isinstance(value, Duration) and value.count:
        return f"{told} · {say('figures.sum')} {lasted(value.total_minutes, say, working=True)}"
    return told


def _named(figure: Definition) -> str:
    return f"{figure.name.zh} {figure.name.en}"


def _printed(figures: Figures, figure: Definition, say: Say) -> Cell:
    return say("circular.untold") if figure.id in figures.untold else printed(value_of(figures, figure.id), say)


def printed(value: Value, say: Say) -> Cell:
    """A figure as a circular prints it: never a rate without what it is made of."""
    match value:
        case Rate():
            share = "–" if value.per_cent is None else f"{value.per_cent}%"
            interval = value.interval
            reach = f" [{interval.low:.1f}–{interval.high:.1f}]" if interval else ""
            return f"{share} ({value.numerator}/{value.denominator}){reach}"
        case Duration() | FirstResponse():
            if value.count == 0:
                return say("circular.no_duration")
            median, p90 = (
                lasted(each or 0, say, working=value.in_working_time)
                for each in (value.median_minutes, value.p90_minutes)
            )
            told = say("circular.duration", median=median, p90=p90, cases=value.count)
            return f"{told} ± {value.within_percent:.0f}%" if value.within_percent else told
        case _:
            return value


PARTS = ("value", "numerator", "denominator", "low", "high", "p90_minutes")
HEAD = (
    *("of", "unit", "unit_name", "ranked", "figure", "figure_zh", "figure_en"),
    *PARTS,
    *(f"{part}_now" for part in PARTS),
)


def long_table(told: Told, say: Say) -> Table:
    """The same for machines: a row for the whole and for each unit by figure, what was published and what is now."""
    rows = [*_rows(("total", "", say("circular.whole"), "true"), told.total, told.total_now)]
    for pair in told.pairs:
        unit = pair.published
        name = unit.name.zh if unit.name else ""
        rows += _rows(("unit", unit.key or "", name, str(unit.ranked).lower()), unit.figures, pair.now.figures)
    return Table(id="long", title=say("circular.numbers"), note="", head=HEAD, rows=rows)


def _rows(spot: Sequence[str], was: Figures, now: Figures) -> list[Sequence[Cell]]:
    return [
        [*spot, each.id, each.name.zh, each.name.en, *_parts(was, each), *_parts(now, each)]
        for each in FIGURES.values()
    ]


def _parts(figures: Figures, figure: Definition) -> Sequence[Cell]:
    if figure.id in figures.untold:
        return [None] * len(PARTS)
    value = value_of(figures, figure.id)
    match value:
        case Rate():
            interval, share = value.interval, value.per_cent
            low, high = (interval.low, interval.high) if interval else (None, None)
            return [None if share is None else float(share), value.numerator, value.denominator, low, high, None]
        case Duration() | FirstResponse():
            return [value.median_minutes, value.count, None, None, None, value.p90_minutes]
        case _:
            return [value, value, None, None, None, None]
