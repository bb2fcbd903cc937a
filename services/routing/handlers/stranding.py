"""What a new edition of the district does to open cases: found before it is published, moved together with it."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from services.routing.domain.assignment import Report
from services.routing.domain.case import Case, Status
from services.routing.domain.case.commands import MoveCase
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.stranding import Change, OpenCase, Stranded, Why
from services.routing.handlers.cases import carry_out, resumed_deadline, resumed_promise, stream_of
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.kernel.event_store import Cause
from shared.kernel.work import Work


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
    await work.prefetch([stream_of(case.id) for case, _ in hit], CASE)
    return [await _stranded(service, work, change, case, why) for case, why in hit]


async def _stranded(service: Routing, work: Work, change: Change, case: OpenCase, why: Why) -> Stranded:
    keeps = why in (Why.PERSON_GONE, Why.CALLED_UNIT_GONE)
    to_unit = case.unit if keeps else change.heir(case, await _report(service, work, case))
    return Stranded(case_id=case.id, number=case.number, why=why, unit=case.unit, to_unit=to_unit)


async def _report(service: Routing, work: Work, case: OpenCase) -> Report | None:
    """What its reporter said, for the new rules."""
    row = await work.connection.fetchrow(SQL["opening_of_case"], stream_of(case.id))
    if row is None:
        return None
    begun = service.runtime.store.decode(row["type"], row["schema_version"], row["data"])
    [text] = await service.keyring.opened_many(work.connection, [begun.text])
    words = text if isinstance(text, str) else ""
    state = (await work.load(stream_of(case.id), CASE)).state
    category = state.matter.category if state else begun.matter.category
    return Report(place=case.place, category=category, channel=begun.channel, text=words, at=work.now)


async def move_cases(work: Work, change: Change, stranded: Iterable[Stranded]) -> None:
    """Each to the unit that gets it, as the district's act."""
    cause = Cause(uuid4(), "routing", f"district edition {change.after.edition}")
    for each in stranded:
        loaded = await work.load(stream_of(each.case_id), CASE)
        if loaded.state is not None and each.to_unit is not None:
            await carry_out(work, loaded, _command(loaded.state, each.to_unit, each.why, change, work), cause)


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
