"""Rules looked at afterwards: why a case is where it is, and where another file's rules would have put others."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.routing.domain.assignment import Report
from services.routing.domain.case.state import FROM_HISTORY
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import District
from services.routing.domain.errors import CaseUnknownError
from services.routing.domain.simulation import Decision, Past, Simulation
from services.routing.handlers.cases import stream_of
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.service import Routing
from services.routing.queries import SQL
from shared.contracts.codec import decode
from shared.contracts.directory import Name
from shared.contracts.routing import CaseAssigned, CaseOpened
from shared.directory import Directory

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One assignment of a case with its reason: each earlier rule with the condition that did not hold."""

    at: datetime
    rule: str
    rule_name: Name | None
    unit: str
    accept_by: datetime | None
    resolve_by: datetime | None
    passed_over: Sequence[tuple[str, str]]
    edition: int


async def explain(service: Routing, number: str) -> list[Explained]:
    """Why a case came to each unit that it was given to, the first first.

    Raises:
        CaseUnknownError: no case has this number.
    """
    case_id = await service.runtime.pool.fetchval(SQL["case_of_number"], number)
    if case_id is None:
        raise CaseUnknownError
    loaded = await service.runtime.store.load(stream_of(case_id), ALL_EVENTS)
    names = _rule_names(await service.directory.current())
    return [_explained(event, names) for event in loaded.state if isinstance(event, CaseAssigned)]


async def simulate(service: Routing, district: District, *, since: datetime) -> AsyncIterator[Simulation]:
    """Ask the file's rules about every case that was opened since then; yields after each page what there is so far."""
    rulebook, outcome, position = rulebook_of(district), Simulation(), 0
    while rows := await service.runtime.pool.fetch(SQL["openings_since"], position, since, PAGE):
        outcome.add(rulebook, await _past(service, rows))
        position = rows[-1]["position"]
        yield outcome


async def _past(service: Routing, rows: Sequence[Any]) -> list[Past]:
    opened: list[CaseOpened] = [_event(row, "opened") for row in rows]
    assigned: list[CaseAssigned] = [_event(row, "assigned") for row in rows]
    async with service.runtime.pool.acquire() as connection:
        texts = await service.keyring.opened_many(connection, [event.text for event in opened])
    return [
        _told(begun, first, text if isinstance(text, str) else None)
        for begun, first, text in zip(opened, assigned, texts, strict=True)
    ]


def _event(row: Any, name: str) -> Any:
    return decode(row[f"{name}_type"], row[f"{name}_schema"], row[name])


def _told(begun: CaseOpened, first: CaseAssigned, text: str | None) -> Past:
    matter = begun.matter
    report = Report(place=matter.place, category=matter.category, channel=begun.channel, text=text or "", at=begun.at)
    decided = Decision(rule=first.trace.rule, unit=first.unit, deadlines=first.deadlines)
    return Past(
        number=matter.number,
        report=report,
        decided=decided,
        is_readable=text is not None,
        by_rules=first.trace.rule != FROM_HISTORY,
    )


def _rule_names(directory: Directory) -> dict[str, Name]:
    return {rule.id: rule.name for record in directory.rules.values() for rule in record.rules}


def _explained(event: CaseAssigned, names: Mapping[str, Name]) -> Explained:
    trace = event.trace
    return Explained(
        at=event.at,
        rule=trace.rule,
        rule_name=names.get(trace.rule),
        unit=event.unit,
        accept_by=event.deadlines.accept_by,
        resolve_by=event.deadlines.resolve_by,
        passed_over=[(passed.rule, passed.condition) for passed in trace.passed_over],
        edition=trace.directory_version,
    )
