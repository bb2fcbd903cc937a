"""Sample cases, actors and commands of routing's tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from importlib import import_module
from pkgutil import iter_modules
from uuid import UUID

from services.routing.domain import case as case_package
from services.routing.domain.case import Case, decide, evolve
from services.routing.domain.case.command import Act, Command
from services.routing.domain.case.commands import Actor, Assignment, OpenCase
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import Units
from shared.contracts.directory import Name, Role, UnitDefined
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel
from shared.contracts.routing import Clock, Deadlines, Matter, RoutingEvent, RuleTrace, Term, Urgency
from shared.working_time import Calendar

CASE_ID = UUID("00000000-0000-4000-8000-000000000047")
OPENED_AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ACCEPT_BY = OPENED_AT + timedelta(minutes=15)
RESOLVE_BY = OPENED_AT + timedelta(hours=24)

LEAD = Actor(person="committee-lead-1", unit="committee", role=Role.LEAD)
COLLEAGUE = Actor(person="committee-member-1", unit="committee", role=Role.HANDLER)
PROPERTY = Actor(person="property-duty-1", unit="property", role=Role.HANDLER)
DISPATCHER = Actor(person="grid-dispatcher-1", unit="grid", role=Role.DISPATCHER)

TERMS = (
    Term(clock=Clock.ACCEPT, minutes=15, working_time=False),
    Term(clock=Clock.RESOLVE, minutes=1440, working_time=False),
)


def sealed(box: str = "c2VhbGVk") -> Sealed:
    """A box that nobody opens here."""
    return Sealed(person="reporter-1", key_version=1, box=box)


def matter() -> Matter:
    """The fire lane outside the east gate."""
    return Matter(
        number="100000017",
        place="EAST8888",
        area="estate",
        category="public-order",
        urgency=Urgency.URGENT,
        reporter="reporter-1",
        tracking_token=sealed(),
    )


def assignment(unit: str = "committee") -> Assignment:
    """To the committee, by the rule for fire lanes."""
    return Assignment(
        unit=unit,
        trace=RuleTrace(rule="fire-lane", directory_version=3),
        deadlines=Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY),
        terms=TERMS,
    )


def open_case() -> OpenCase:
    """The resident's scan, as a command."""
    return OpenCase(
        case_id=CASE_ID,
        matter=matter(),
        channel=Channel.QR,
        text=sealed(),
        assignment=assignment(),
        now=OPENED_AT,
    )


def after(minutes: int) -> datetime:
    """So many minutes after the case was opened."""
    return OPENED_AT + timedelta(minutes=minutes)


def folded(case: Case | None, events: Sequence[RoutingEvent]) -> Case | None:
    """The case after the events."""
    return reduce(evolve, events, case)


def given(*commands: Command) -> Case:
    """The case after these commands, from the first."""
    case: Case | None = None
    for command in commands:
        case = folded(case, decide(case, command))
    assert case is not None
    return case


def unit(unit_id: str, *, above: str | None, retired: bool = False) -> UnitDefined:
    """A unit of the district, told with whom the ladder goes on."""
    return UnitDefined(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        id=unit_id,
        edition=1,
        retired=retired,
        name=Name(zh="单位", en="Unit"),
        area="district",
        calendar="always",
        escalates_to=above,
    )


UNITS = Units(
    {
        "property": unit("property", above="committee"),
        "committee": unit("committee", above="grid"),
        "grid": unit("grid", above="old-town"),
        "old-town": unit("old-town", above="town", retired=True),
        "town": unit("town", above=None),
        "ring-a": unit("ring-a", above="ring-b"),
        "ring-b": unit("ring-b", above="ring-a"),
    },
    {"always": Calendar(hours=dict.fromkeys(range(1, 8), ((0, 1440),)), years=[2026])},
)
RULEBOOK = Rulebook(edition=1, places={}, units=UNITS, categories={}, rules=())


def commands() -> set[type]:
    """Everything that can be asked of a case."""
    modules = [import_module(f"{case_package.__name__}.{each.name}") for each in iter_modules(case_package.__path__)]
    classes = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    return {each for each in classes if issubclass(each, Command) and each not in (Act, Command)}
