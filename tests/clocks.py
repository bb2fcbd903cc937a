"""What `make clocks` prints: how many rows, days and properties of working time hold; it fails where one does not.

The same checks as `tests/unit/working_time`, over the same published data.
"""

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from types import FunctionType
from typing import Any

import typer

# It says how properties are tried, to those that come after it.
from tests import conftest as _settings  # noqa: F401
from tests.unit.directory import test_duty_time_properties
from tests.unit.working_time import test_calendar_properties
from tests.unit.working_time.published import (
    ROWS,
    YEARS,
    Row,
    Spread,
    days_of,
    differing_days,
    differing_flags,
    differing_targets,
    spreads,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One check: of how many how many hold, and those that do not."""

    what: str
    total: int
    differing: Sequence[str]

    def line(self) -> str:
        """As it is printed."""
        return f"  {self.what:<68} {self.total - len(self.differing):>4} of {self.total}"


@dataclass(frozen=True, slots=True)
class Tried:
    """One property: how many examples were tried, and what became of the last where it did not hold."""

    name: str
    examples: int
    fault: str = ""

    def line(self) -> str:
        """As it is printed."""
        said = f"{self.examples:>4} examples"
        return f"  {self.name:<68} {said}{'; does not hold' if self.fault else ''}"


def boston() -> list[Counted]:
    """The 905 requests of 2015, row by row."""
    return [
        Counted("target after five working days", len(ROWS), [_shown(row) for row in differing_targets()]),
        Counted("overdue flag", len(ROWS), [_shown(row) for row in differing_flags()]),
    ]


def china() -> list[Counted]:
    """Both years, day by day."""
    return [
        Counted(f"days of {year}", len(days_of(year)), [day.isoformat() for day in differing_days(year)])
        for year in YEARS
    ]


def properties() -> Iterator[FunctionType]:
    """What holds for every calendar or rota, moment and term."""
    named = chain.from_iterable(
        vars(module).items() for module in (test_calendar_properties, test_duty_time_properties)
    )
    yield from (each for name, each in named if name.startswith("test_") and hasattr(each, "hypothesis"))


def tried(prop: Any) -> Tried:
    """The property with as many examples as the tests give it."""
    examples, inner = 0, prop.hypothesis.inner_test

    @functools.wraps(inner)
    def counted(*drawn: Any, **named: Any) -> None:
        nonlocal examples
        examples += 1
        inner(*drawn, **named)

    prop.hypothesis.inner_test = counted
    name = prop.__name__.removeprefix("test_").replace("_", " ")
    try:
        prop()
    except Exception as fault:  # noqa: BLE001 - whatever does not hold is told with the others.
        return Tried(name, examples, f"{type(fault).__name__}: {fault}")
    finally:
        prop.hypothesis.inner_test = inner
    return Tried(name, examples)


def _shown(row: Row) -> str:
    return f"opened {row['OPEN_DT']}, target {row['TARGET_DT']}, closed {row['CLOSED_DT']}, {row['OnTime_Status']}"


def _said(spread: Spread) -> str:
    return f"    {spread.what:<66} {spread.rows:>4}, {spread.least_s} to {spread.most_s} s"


def run(say: Callable[[str], None]) -> bool:
    """Say each count and each difference; whether all holds."""
    say("波士顿 · Boston, electrical requests of 2015")
    differences = _said_of(boston(), say)
    say("  printed targets lie after ours, by how precisely the opening was printed:")
    for spread in spreads():
        say(_said(spread))
    say("中国 · China, the official lists")
    differences += _said_of(china(), say)
    say("性质 · Properties, over calendars, rotas, moments and terms that Hypothesis makes up")
    outcomes = [_told(tried(prop), say) for prop in properties()]
    faults = sum(bool(outcome.fault) for outcome in outcomes)
    holds = not differences and not faults and bool(outcomes)
    say(f"{'✓' if holds else '✗'} {differences} differences, {faults} of {len(outcomes)} properties do not hold")
    return holds


def _said_of(checks: Sequence[Counted], say: Callable[[str], None]) -> int:
    for check in checks:
        say(check.line())
        for each in check.differing:
            say(f"    ✗ {each}")
    return sum(len(check.differing) for check in checks)


def _told(outcome: Tried, say: Callable[[str], None]) -> Tried:
    say(outcome.line())
    if outcome.fault:
        say(f"    ✗ {outcome.fault}")
    return outcome


if __name__ == "__main__":
    sys.exit(not run(typer.echo))
