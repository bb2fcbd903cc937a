"""Rules looked at afterwards: why a case is where it is, and where another file's rules would have put others."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.routing.domain.assignment import Report
from services.routing.domain.case.state import FROM_HISTORY
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import District
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.domain.repeats import NONE_BEFORE, Earlier
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.simulation import Decision, Past, Simulation, names_in
from services.routing.handlers.cases import stream_of
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.repeats import earlier_reports, reported_cases
from services.routing.handlers.service import Routing
from services.routing.queries import SQL
from shared.contracts.codec import decode
from shared.contracts.directory import Name, RulesDefined
from shared.contracts.messages import Message
from shared.contracts.routing import RULE, CaseAssigned, CaseOpened, Term
from shared.kernel.database import Connection
from shared.kernel.event_store import Fold, load_many

PAGE = 500
EDITIONS: Fold[tuple[RulesDefined, ...]] = Fold((), lambda editions, event: (*editions, event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One assignment of a case with its reason: each earlier rule with the condition that did not hold.

    `templates` are the district's own wordings that its messages have, `terms` what its clocks are counted by.
    """

    at: datetime
    rule: str
    rule_name: Name | None
    unit: str
    accept_by: datetime | None
    first_response_by: datetime | None
    resolve_by: datetime | None
    passed_over: Sequence[tuple[str, str]]
    edition: int
    templates: Mapping[Message, str]
    terms: Sequence[Term] = ()


async def explain(service: Routing, number: str) -> list[Explained]:
    """Why a case came to each unit that it was given to, the first first.

    Raises:
        CaseUnknownError: no case has this number.
    """
    case_id = await service.runtime.pool.fetchval(SQL["case_of_number"], number)
    if case_id is None:
        raise CaseUnknownError
    loaded = await service.runtime.store.load(stream_of(case_id), ALL_EVENTS)
    assigned = [event for event in loaded.state if isinstance(event, CaseAssigned)]
    editions = await _editions_of_rules(service)
    return [_explained(event, _rule_names(editions, event.trace.directory_version)) for event in assigned]


async def _editions_of_rules(service: Routing) -> list[RulesDefined]:
    """Every edition of the district's rules, the first first: a case may be where a rule put it that is gone."""
    streams = [record.stream for record in (await service.directory.current()).rules.values()]
    async with service.runtime.pool.acquire() as connection:
        told = await load_many(connection, streams, EDITIONS, service.runtime.store.decode)
    return sorted((each for loaded in told.values() for each in loaded.state), key=lambda each: each.edition)


async def simulate(
    service: Routing, district: District, *, since: datetime, against: District | None = None
) -> AsyncIterator[Simulation]:
    """Ask the file's rules about every case that was opened since then; yields after each page what there is so far.

    They are compared with what was decided, or with what the rules of another file say.
    """
    rulebook, position = rulebook_of(district), 0
    before = rulebook_of(against) if against else None
    outcome = Simulation(names_in(before or await service.rulebooks.current(), rulebook))
    while rows := await service.runtime.pool.fetch(SQL["openings_since"], position, since, PAGE, RULE):
        page = [_recorded(row) for row in rows]
        if before is None:
            outcome.add(rulebook, await _past(service, rulebook, page))
        else:
            asked = await _asked(service, before, rulebook, page)
            outcome.leave_out(len(page) - len(asked))
            outcome.compare(before, rulebook, asked)
        position = rows[-1]["position"]
        yield outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """How a case began."""

    opened: CaseOpened
    assigned: CaseAssigned
    called: tuple[str, ...]


def _recorded(row: Any) -> _Recorded:
    return _Recorded(opened=_event(row, "opened"), assigned=_event(row, "assigned"), called=tuple(row["called"]))


def _event(row: Any, name: str) -> Any:
    return decode(row[f"{name}_type"], row[f"{name}_schema"], row[name])


async def _past(service: Routing, rulebook: Rulebook, page: Sequence[_Recorded]) -> list[Past]:
    async with service.runtime.pool.acquire() as connection:
        texts = await _texts(service, connection, page)
        earlier = await _earlier(connection, rulebook, page, texts)
    return [
        Past(
            number=each.opened.matter.number,
            report=_report(each.opened, text or "", earlier),
            decided=_decided(each),
            is_readable=text is not None,
            by_rules=each.assigned.trace.rule != FROM_HISTORY,
        )
        for each, text in zip(page, texts, strict=True)
    ]


async def _asked(
    service: Routing, before: Rulebook, after: Rulebook, page: Sequence[_Recorded]
) -> list[tuple[str, Report, Report]]:
    """Each ticket whose words can be read, with what it repeats as either of the rulebooks counts."""
    async with service.runtime.pool.acquire() as connection:
        texts = await _texts(service, connection, page)
        counts = [await _earlier(connection, rulebook, page, texts) for rulebook in (before, after)]
    return [
        (each.opened.matter.number, _report(each.opened, text, counts[0]), _report(each.opened, text, counts[1]))
        for each, text in zip(page, texts, strict=True)
        if text is not None
    ]


async def _texts(service: Routing, connection: Connection, page: Sequence[_Recorded]) -> list[str | None]:
    opened = await service.keyring.opened_many(connection, [each.opened.text for each in page])
    return [text if isinstance(text, str) else None for text in opened]


async def _earlier(
    connection: Connection, rulebook: Rulebook, page: Sequence[_Recorded], texts: Sequence[str | None]
) -> Mapping[UUID, Earlier]:
    openings = [(each.opened, text or "") for each, text in zip(page, texts, strict=True)]
    return await earlier_reports(connection, rulebook, list(reported_cases(rulebook, openings)))


def _report(begun: CaseOpened, text: str, earlier: Mapping[UUID, Earlier]) -> Report:
    matter = begun.matter
    return Report(
        place=matter.place,
        category=matter.category,
        channel=begun.channel,
        text=text,
        earlier=earlier.get(begun.case_id, NONE_BEFORE),
        stated_urgency=begun.stated_urgency,
        at=begun.at,
    )


def _decided(recorded: _Recorded) -> Decision:
    first = recorded.assigned
    return Decision(
        rule=first.trace.rule,
        unit=first.unit,
        deadlines=first.deadlines,
        calls=recorded.called,
        templates=first.matter.templates,
    )


def _rule_names(editions: Sequence[RulesDefined], edition: int) -> dict[str, Name]:
    """As they were called in that edition, or last before it."""
    stood = (record for record in editions if record.edition <= edition)
    return {rule.id: rule.name for record in stood for rule in record.rules}


def _explained(event: CaseAssigned, names: Mapping[str, Name]) -> Explained:
    trace = event.trace
    return Explained(
        at=event.at,
        rule=trace.rule,
        rule_name=names.get(trace.rule),
        unit=event.unit,
        accept_by=event.deadlines.accept_by,
        first_response_by=event.deadlines.first_response_by,
        resolve_by=event.deadlines.resolve_by,
        passed_over=[(passed.rule, passed.condition) for passed in trace.passed_over],
        edition=trace.directory_version,
        templates=event.matter.templates,
        terms=event.terms,
    )
