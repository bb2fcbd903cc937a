"""What a new edition of the district does to open cases: found before it is published, moved together with it."""

from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import UUID, uuid4

from services.routing.domain.assignment import Report
from services.routing.domain.case import Case, Status
from services.routing.domain.case.commands import MoveCase
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.stranding import Change, OpenCase, Stranded, Why
from services.routing.handlers.cases import carry_out, resumed_deadline, resumed_promise, stream_of
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.contracts.routing import CaseOpened
from shared.kernel.event_store import Cause
from shared.kernel.work import Work

# What is read or written at once, however many cases there are.
PAGE = 500
# What takes somebody from the case, and leaves it with its unit.
KEEPS_UNIT = frozenset({Why.PERSON_GONE, Why.CALLED_UNIT_GONE})
Item = TypeVar("Item")


async def held_rulebook(service: Routing, work: Work) -> Rulebook:
    """The rules of this moment, which stay so until the work is done: none goes to a unit that has gone."""
    await work.connection.execute(SQL["share_publishing"])
    service.directory.look_again()
    return await service.rulebooks.current(work.connection)


async def stranded_cases(service: Routing, work: Work, change: Change) -> list[Stranded]:
    """Every open case that the change takes somebody from, with who gets it."""
    rows = await work.connection.fetch(SQL["open_cases"])
    cases = [OpenCase(**{**row, "status": Status(row["status"]), "called": frozenset(row["called"])}) for row in rows]
    hit = [(case, why) for case in cases if (why := change.takes_from(case)) is not None]
    return [each for page in _pages(hit) for each in await _stranded(service, work, change, page)]


async def _stranded(
    service: Routing, work: Work, change: Change, hit: Sequence[tuple[OpenCase, Why]]
) -> list[Stranded]:
    leaving = [case for case, why in hit if why not in KEEPS_UNIT]
    reports = await _reports(service, work, [case for case in leaving if change.is_for_the_rules(case)])
    heirs = {case.id: change.heir(case, reports.get(case.id)) for case in leaving}
    return [
        Stranded(case_id=case.id, number=case.number, why=why, unit=case.unit, to_unit=heirs.get(case.id, case.unit))
        for case, why in hit
    ]


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
    return Report(place=case.place, category=category, channel=begun.channel, text=words, at=work.now)


async def move_cases(work: Work, change: Change, stranded: Sequence[Stranded]) -> None:
    """Each to the unit that gets it, as the district's act; written page by page."""
    cause = Cause(uuid4(), "routing", f"district edition {change.after.edition}")
    for page in _pages(stranded):
        await work.prefetch([stream_of(each.case_id) for each in page], CASE)
        loaded = [(each, await work.load(stream_of(each.case_id), CASE)) for each in page]
        followers = [id_ for _, of in loaded for id_ in (of.state.duplicates if of.state else ())]
        await work.prefetch([stream_of(id_) for id_ in followers], CASE)
        for each, of in loaded:
            if of.state is not None and each.to_unit is not None:
                await carry_out(work, of, _command(of.state, each.to_unit, each.why, change, work), cause)
        await work.flush()


async def move_from_gone_unit(work: Work, stream: str, rulebook: Rulebook, cause: Cause) -> None:
    """A case that came back to a unit which the district has no more goes to who has its place now."""
    loaded = await work.load(stream, CASE)
    case = loaded.state
    heir = heir_of(case.unit, case, rulebook) if case is not None and case.unit is not None else None
    if case is not None and heir is not None:
        change = Change(before=rulebook, after=rulebook, people={})
        await carry_out(work, loaded, _command(case, heir, Why.UNIT_GONE, change, work), cause)


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


def _command(case: Case, to_unit: str, why: Why, change: Change, work: Work) -> MoveCase:
    units = change.after.units
    return MoveCase(
        to_unit=to_unit,
        gone=frozenset(part.unit for part in case.open_parts if change.is_gone(part.unit)),
        keeps_unit=why is Why.CALLED_UNIT_GONE,
        accept_by=units.deadlines(case.terms, unit=to_unit, start=work.now).accept_by,
        resumed_by=resumed_deadline(case, change.before.units, work.now),
        promised=resumed_promise(case, change.before.units, work.now),
        directory_version=change.after.edition,
        now=work.now,
    )


def without_heir(stranded: Sequence[Stranded]) -> list[Stranded]:
    """Those that nobody of the new edition could get."""
    return [each for each in stranded if each.to_unit is None]


def _pages(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[begins : begins + PAGE] for begins in range(0, len(items), PAGE))
