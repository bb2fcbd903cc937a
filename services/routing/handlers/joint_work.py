"""What units do together on a case (联合处置), one function an act."""

from collections.abc import Mapping, Sequence

from services.routing.adapters.photos import Picture
from services.routing.domain.case.commands import (
    Act,
    BlowWhistle,
    Call,
    Confer,
    DeclineTask,
    Entrust,
    FinishTask,
    InsistOnTask,
    ReleaseTask,
    ReportIn,
    TakeTaskOver,
)
from services.routing.domain.errors.directory import UnitUnknownError
from services.routing.handlers.choices import nameable
from services.routing.handlers.performing import NOTHING, Asked, Moment, perform
from services.routing.handlers.service import Routing
from shared.contracts.routing import Clock


async def blow_whistle(
    service: Routing, asked: Asked, *, units: Sequence[str], task: str, own: Mapping[str, str] = NOTHING
) -> None:
    """吹哨: `own` is what single units are asked in place of the common task; they are called too.

    Raises:
        UnitUnknownError: no unit is named, or the place has no such unit.
    """

    def command(at: Moment) -> Act:
        known = nameable(at)
        strangers = [f"units.{number}" for number, unit in enumerate(units) if unit not in known]
        strangers += [f"calls.{number}.unit" for number, unit in enumerate(own) if unit not in known]
        if strangers or not (units or own):
            raise UnitUnknownError(*strangers)
        runs = {unit: at.run(Clock.REPORT_IN, unit) for unit in (*units, *own)}
        calls = tuple(
            Call(unit=unit, task=at.more_words.get(unit), report_by=run.until, warnings=run.warnings)
            for unit, run in runs.items()
        )
        return BlowWhistle(by=at.by, calls=calls, task=at.sealed, now=at.now)

    await perform(service, asked, "whistle", command, words=task, more=",".join(units), more_words=own)


async def report_in(service: Routing, asked: Asked) -> None:
    """报到."""
    await perform(service, asked, "report-in", lambda at: ReportIn(by=at.by, now=at.now))


async def finish_task(service: Routing, asked: Asked, *, note: str, evidence: Sequence[Picture] = ()) -> None:
    """联合处置完成."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        return FinishTask(by=at.by, note=at.sealed, evidence=attached, now=at.now)

    named = ",".join(each.sha256 for each in attached)
    await perform(service, asked, "task-done", command, words=note, more=named, pictures=evidence)


async def decline_task(service: Routing, asked: Asked, *, reason: str) -> None:
    """不属本单位: the grid decides."""

    def command(at: Moment) -> Act:
        decides = who_decides(at)
        answer = at.run(Clock.ANSWER, decides)
        return DeclineTask(
            by=at.by,
            reason=at.sealed,
            to_unit=decides,
            answer_by=answer.until,
            warnings=answer.warnings,
            now=at.now,
        )

    await perform(service, asked, "task-decline", command, words=reason)


def who_decides(at: Moment) -> str | None:
    """Who says whether it need be done: the grid above who called the unit, or above the lead where they are gone."""
    part, units = at.case.joint.get(at.by.unit), at.rulebook.units
    caller = (units.unit_for(part.called_by, ()) if part else None) or at.case.unit
    return (units.grid_of(caller) or caller) if caller else None


async def release_task(service: Routing, asked: Asked, *, unit: str) -> None:
    """同意不办."""

    def command(at: Moment) -> Act:
        return ReleaseTask(by=at.by, unit=unit, now=at.now)

    await perform(service, asked, "task-release", command, more=unit)


async def insist_on_task(service: Routing, asked: Asked, *, unit: str, reason: str) -> None:
    """不同意: asked again, with a fresh clock."""

    def command(at: Moment) -> Act:
        again = at.run(Clock.REPORT_IN, unit if unit in at.case.joint else None)
        return InsistOnTask(
            by=at.by,
            unit=unit,
            reason=at.sealed,
            report_by=again.until,
            warnings=again.warnings,
            now=at.now,
        )

    await perform(service, asked, "task-insist", command, words=reason, more=unit)


async def take_task_over(service: Routing, asked: Asked, *, unit: str) -> None:
    """代办: the actor's unit does it."""

    def command(at: Moment) -> Act:
        return TakeTaskOver(by=at.by, unit=unit, now=at.now)

    await perform(service, asked, "task-take-over", command, more=unit)


async def entrust(service: Routing, asked: Asked, *, unit: str, reason: str = "", release: bool = False) -> None:
    """交办: a called unit leads from now on; `release` lets the others go."""

    def command(at: Moment) -> Act:
        return Entrust(
            by=at.by,
            unit=unit,
            reason=at.words,
            release=release,
            directory_version=at.rulebook.edition,
            now=at.now,
        )

    await perform(service, asked, "entrust", command, words=reason, more=f"{unit},{release}")


async def confer(
    service: Routing, asked: Asked, *, present: Sequence[str], minutes: str, evidence: Sequence[Picture] = ()
) -> None:
    """会商."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        return Confer(by=at.by, present=tuple(present), minutes=at.sealed, evidence=attached, now=at.now)

    named = ",".join((*present, *(each.sha256 for each in attached)))
    await perform(service, asked, "confer", command, words=minutes, more=named, pictures=evidence)
