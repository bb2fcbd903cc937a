"""What a new edition of the district does to open cases: found before it is published, moved together with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID, uuid4

from asyncpg import Record

from services.routing.domain.assignment import Report
from services.routing.domain.case import Case, Status
from services.routing.domain.case.commands import MoveCase
from services.routing.domain.case.relocation import Instead
from services.routing.domain.deadlines import Run
from services.routing.domain.occasions import deadline_from
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.stranding import Change, OpenCase, Stranded, Why
from services.routing.domain.units import Units
from services.routing.handlers.cases import carry_out, resumed_deadline, resumed_promise, stream_of
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.contracts.routing import CaseOpened, Clock, Deadlines
from shared.kernel.event_store import Cause
from shared.kernel.work import Work

# What is read or written at once, however many cases there are.
PAGE = 500
# Whose the case itself is: another unit's, or the same unit's to be accepted anew.
LEAVES_UNIT = frozenset({Why.UNIT_GONE, Why.TOLD_UNIT_GONE, Why.OTHER_UNIT})
OF_THE_LEAD = LEAVES_UNIT | {Why.PERSON_GONE}
Item = TypeVar("Item")


class _Instead(TypedDict):
    verifier: Instead | None
    answers: dict[str, Instead]
    follow_ups: dict[UUID, Instead]


async def held_rulebook(service: Routing, work: Work) -> Rulebook:
    """The rules of this moment, which stay so until the work is done: none goes to a unit that has gone."""
    await work.connection.execute(SQL["share_publishing"])
    service.directory.look_again()
    return await service.rulebooks.current(work.connection)


async def stranded_cases(service: Routing, work: Work, change: Change) -> list[Stranded]:
    """What the change takes from open cases, and from what is to be done after them, with who has it then."""
    cases = [_open_case(row) for row in await work.connection.fetch(SQL["open_cases"])]
    return [each for page in _pages(cases) for each in await _stranded(service, work, change, page)]


def _open_case(row: Record) -> OpenCase:
    return OpenCase(
        id=row["id"],
        number=row["number"],
        status=Status(row["status"]),
        unit=row["unit"],
        accepted_by=row["accepted_by"],
        place=row["place"],
        told=frozenset(row["told"]),
        called=frozenset(row["called"]),
        verifier=row["verifier"],
        asked=dict(row["asked"]),
        follow_ups={UUID(follow_up): unit for follow_up, unit in row["follow_ups"]},
    )


async def _stranded(service: Routing, work: Work, change: Change, cases: Sequence[OpenCase]) -> list[Stranded]:
    whys = {case.id: why for case in cases if (why := change.takes_from(case)) is not None}
    leaving = [case for case in cases if whys.get(case.id) in LEAVES_UNIT]
    reports = await _reports(service, work, [case for case in leaving if change.is_for_the_rules(case)])
    heirs = {case.id: change.heir(case, reports.get(case.id)) for case in leaving}
    found: list[Stranded] = []
    for case in cases:
        lead = heirs.get(case.id, case.unit)
        if case.id in whys:
            why = whys[case.id]
            unit = min(case.told, default=case.unit) if why is Why.TOLD_UNIT_GONE else case.unit
            found.append(Stranded(case_id=case.id, number=case.number, why=why, unit=unit, to_unit=lead))
        found.extend(change.passes_on(case, lead))
    return found


async def _reports(service: Routing, work: Work, cases: Sequence[OpenCase]) -> dict[UUID, Report]:
    """What the reporters of these cases said, for the new rules: by three queries, however many they are."""
    if not cases:
        return {}
    await work.prefetch([stream_of(case.id) for case in cases], CASE)
    rows = await work.connection.fetch(SQL["openings_of_cases"], [stream_of(case.id) for case in cases])
    begun = {
        row["stream"]: service.runtime.store.decode(row["type"], row["schema_version"], row["data"]) for row in rows
    }
    texts = await service.keyring.opened_many(work.connection, [opened.text for opened in begun.values()])
    words = {stream: text if isinstance(text, str) else "" for stream, text in zip(begun, texts, strict=True)}
    return {
        case.id: await _report(work, case, begun[stream], words[stream])
        for case in cases
        if (stream := stream_of(case.id)) in begun
    }


async def _report(work: Work, case: OpenCase, begun: CaseOpened, words: str) -> Report:
    state = (await work.load(stream_of(case.id), CASE)).state
    category = state.matter.category if state else begun.matter.category
    return Report(
        place=case.place,
        category=category,
        channel=begun.channel,
        text=words,
        stated_urgency=begun.stated_urgency,
        at=work.now,
    )


async def move_cases(work: Work, change: Change, stranded: Sequence[Stranded]) -> None:
    """Each to the unit that gets it, as the district's act; written page by page."""
    cause = Cause(uuid4(), "routing", f"district edition {change.after.edition}")
    by_case: defaultdict[UUID, list[Stranded]] = defaultdict(list)
    for each in stranded:
        by_case[each.case_id].append(each)
    for page in _pages(list(by_case.items())):
        await work.prefetch([stream_of(case_id) for case_id, _ in page], CASE)
        loaded = [(await work.load(stream_of(case_id), CASE), found) for case_id, found in page]
        followers = [id_ for of, _ in loaded for id_ in (of.state.duplicates if of.state else ())]
        await work.prefetch([stream_of(id_) for id_ in followers], CASE)
        for of, found in loaded:
            if of.state is not None:
                await carry_out(work, of, moving_command(of.state, found, change, work.now), cause)
        await work.flush()


async def move_from_gone_unit(work: Work, stream: str, rulebook: Rulebook, cause: Cause) -> None:
    """A case that came back to a unit which the district has no more goes to who has its place now."""
    loaded = await work.load(stream, CASE)
    case = loaded.state
    heir = heir_of(case.unit, case, rulebook) if case is not None and case.unit is not None else None
    if case is not None and case.unit is not None and heir is not None:
        change = Change(before=rulebook, after=rulebook, people={})
        gone = Stranded(case_id=case.id, number=case.matter.number, why=Why.UNIT_GONE, unit=case.unit, to_unit=heir)
        await carry_out(work, loaded, moving_command(case, [gone], change, work.now), cause)


def heir_of(unit: str, case: Case, rulebook: Rulebook) -> str | None:
    """Who has now what was this unit's; none where the district has it still, or nobody in its place."""
    change = Change(before=rulebook, after=rulebook, people={})
    asked = OpenCase(
        id=case.id,
        number=case.matter.number,
        status=case.status,
        unit=unit,
        accepted_by=None,
        place=case.matter.place,
    )
    return change.heir(asked, None) if change.is_gone(unit) else None


def moving_command(case: Case, found: Sequence[Stranded], change: Change, now: datetime) -> MoveCase:
    """What was found of one case, as the command that mends it."""
    units, heir = change.after.units, next((each for each in found if each.why in OF_THE_LEAD), None)
    to_unit = heir.to_unit if heir is not None else None
    due = units.deadlines(case.terms, unit=to_unit, start=now) if to_unit else Deadlines()
    resumed_by = resumed_deadline(case, change.before.units, now)
    return MoveCase(
        to_unit=to_unit or case.unit or case.left_unit or "",
        gone=frozenset(part.unit for part in case.open_parts if change.is_gone(part.unit)),
        keeps_unit=to_unit is None,
        accept_by=due.accept_by,
        accept_warnings=due.accept_warnings,
        resumed_by=resumed_by,
        resumed_warnings=units.warnings(case.terms, unit=to_unit, start=now, deadline=resumed_by) if to_unit else (),
        promised=resumed_promise(case, change.before.units, now),
        **_instead(case, found, units, now),
        directory_version=change.after.edition,
        now=now,
    )


def _instead(case: Case, found: Iterable[Stranded], units: Units, now: datetime) -> _Instead:
    """Who verifies, answers and follows up, each by when as if it were asked now."""
    instead = _Instead(verifier=None, answers={}, follow_ups={})
    for each in found:
        if each.to_unit is None:
            continue
        if each.why is Why.OTHER_VERIFIER:
            start = max(now, case.observed_until or now)
            instead["verifier"] = _awaited(
                units.run(case.terms, Clock.VERIFY, unit=each.to_unit, start=start), each.to_unit
            )
        elif each.why is Why.OTHER_ANSWERER:
            run = units.run(case.terms, Clock.ANSWER, unit=each.to_unit, start=now)
            instead["answers"][each.of] = _awaited(run, each.to_unit)
        elif each.why is Why.FOLLOW_UP_UNIT_GONE:
            known = replace(case.follow_ups[UUID(each.of)], unit=each.to_unit)
            instead["follow_ups"][known.id] = Instead(unit=each.to_unit, due_by=deadline_from(units, known, now=now))
    return instead


def _awaited(run: Run, unit: str) -> Instead:
    return Instead(unit=unit, due_by=run.until, warnings=run.warnings)


def without_heir(stranded: Sequence[Stranded]) -> list[Stranded]:
    """Those that nobody of the new edition could get."""
    return [each for each in stranded if each.to_unit is None]


def _pages(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[begins : begins + PAGE] for begins in range(0, len(items), PAGE))
