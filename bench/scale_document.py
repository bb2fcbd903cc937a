"""What was measured of costs and of several processes, as the tables of docs/operations/scale.md, and the plan from it.

Nothing in these tables is written by hand: a plan for another size is a line in `SIZES`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Kept = Mapping[str, Mapping[str, Any]]

# Results that stand there, and not in the table of docs/performance.md.
NAMES = ("cost_", "scale_out_", "hand_over_")
DAYS_A_YEAR = 365
# Of a day's tickets so many come in its busiest hour, of that hour's twice as many in its busiest minutes.
BUSIEST_HOUR, BUSIEST_MINUTES = 0.12, 2.0
# On the night of a typhoon, as many times more than in the busiest minutes of an ordinary day.
STORM = 10
PHOTOS_A_TICKET = 1.0
KAFKA_DAYS, KAFKA_COPIES = 30, 3
EVENTS_A_TICKET = 12
GIGABYTE = 1e9


@dataclass(frozen=True, slots=True)
class Size:
    """A place, by how much is reported there."""

    name: str
    tickets_a_day: int

    @property
    def busiest_per_second(self) -> float:
        """Tickets a second in the busiest minutes of an ordinary day."""
        return self.tickets_a_day * BUSIEST_HOUR / 3600 * BUSIEST_MINUTES


SIZES = (Size("district", 2_740), Size("city", 30_000), Size("province", 300_000))


def belongs(name: str) -> bool:
    """Whether a result stands in this document."""
    return name.startswith(NAMES)


def tables(kept: Kept) -> Mapping[str, str]:
    """Each table by the name that marks its place."""
    return {
        "cpu": _cpu(kept),
        "bytes": _bytes(kept),
        "scale_out": _scale_out(kept),
        "hand_over": _hand_over(kept),
        "plan": _plan(kept),
    }


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _of(kept: Kept, start: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, each in kept.items():
        if name.startswith(start):
            yield name.removeprefix(start), each


def _cpu(kept: Kept) -> str:
    rows = (
        [name or "**all of it**", f"{each['value']:.2f}", _share(each), _thousandths(each)]
        for name, each in [("", kept["cost_cpu"]), *_of(kept, "cost_cpu ")]
    )
    return _table(("part", "ms of CPU a ticket's life", "share", "while nothing happens, of 1,000 of a core"), rows)


def _share(each: Mapping[str, Any]) -> str:
    return f"{each['ratio']:.0%}" if each["reference_value"] is not None and each["name"] != "cost_cpu" else ""


def _thousandths(each: Mapping[str, Any]) -> str:
    return "" if each["reference_value"] is None else f"{each['reference_value']:.1f}"


def _bytes(kept: Kept) -> str:
    rows = ([name, f"{each['value']:,.0f}", f"{each['unit']}"] for name, each in _of(kept, "cost_bytes "))
    return _table(("where", "bytes", "for"), rows)


def _scale_out(kept: Kept) -> str:
    rows = (
        [processes, f"{each['value']:,}", f"{each['ratio']}", each["unit"].partition("(")[2].rstrip(")")]
        for processes, each in _of(kept, "scale_out_")
    )
    return _table(("processes of each part", "tickets/s", "÷ one of each", "CPU used, and by what most"), rows)


def _hand_over(kept: Kept) -> str:
    rows = ([*name.split("_"), f"{each['value']:,}"] for name, each in _of(kept, "hand_over_"))
    return _table(("one killed of", "processes", "seconds until work went on"), rows)


def _plan(kept: Kept) -> str:
    columns = [_planned(kept, size) for size in SIZES]
    rows = ([name, *(column[name] for column in columns)] for name in columns[0])
    head = ("", *(f"{size.name}, {size.tickets_a_day:,} tickets a day" for size in SIZES))
    return _table(head, rows)


def _planned(kept: Kept, size: Size) -> Mapping[str, str]:
    cpu_ms = {name: float(each["value"]) for name, each in _of(kept, "cost_cpu ") if name != "a photo"}
    stored = {name: float(each["value"]) for name, each in _of(kept, "cost_bytes ")}
    a_year = size.tickets_a_day * DAYS_A_YEAR
    storm = size.busiest_per_second * STORM
    database = sum(each for name, each in stored.items() if _lasts(name))
    records = sum(each for name, each in stored.items() if name.startswith("Kafka"))
    drawn_ms, rebuilt_per_second = float(kept["cost_cpu a photo"]["value"]), float(kept["projection_rebuild"]["value"])

    def cores(per_second: float, *starts: str) -> float:
        return per_second * sum(ms for name, ms in cpu_ms.items() if name.startswith(starts)) / 1000

    def storm_of(ending: str) -> float:
        return storm * max(ms for name, ms in cpu_ms.items() if name.endswith(ending)) / 1000

    return {
        "tickets/s in the busiest minutes; in a storm": f"{size.busiest_per_second:.1f}; {storm:.0f}",
        "cores for all of it, busiest; storm": f"{cores(size.busiest_per_second, ''):.2f}; {cores(storm, ''):.1f}",
        "of these PostgreSQL's, storm": f"{cores(storm, 'PostgreSQL'):.2f}",
        "of these Kafka's, storm": f"{cores(storm, 'Kafka'):.2f}",
        "the busiest relay, storm: of the one core that it can use": f"{storm_of(' relay'):.1%}",
        "the busiest consumers, storm, cores: of up to 24": f"{storm_of(' consumers'):.2f}",
        "photos drawn anew, storm, cores": f"{storm * PHOTOS_A_TICKET * drawn_ms / 1000:.1f}",
        "PostgreSQL, GB a year": f"{a_year * database / GIGABYTE:,.0f}",
        "write-ahead log, GB a day": f"{size.tickets_a_day * stored['PostgreSQL write-ahead log'] / GIGABYTE:,.1f}",
        "Kafka, GB for 30 days, three copies": (
            f"{size.tickets_a_day * records * KAFKA_DAYS * KAFKA_COPIES / GIGABYTE:,.1f}"
        ),
        "photos, GB a year, one a ticket": f"{a_year * PHOTOS_A_TICKET * stored['a photo'] / GIGABYTE:,.0f}",
        "a year's figures counted afresh, minutes": f"{a_year * EVENTS_A_TICKET / rebuilt_per_second / 60:,.0f}",
    }


def _lasts(name: str) -> bool:
    """Whether it stays: what is written ahead goes, and the sandbox's phones are no provider's."""
    return name.startswith("PostgreSQL") and "write-ahead" not in name and "sandbox" not in name
