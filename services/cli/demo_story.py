"""The demo's story in the order in which it is told: each step is done, then shown, before the next one begins."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from services.cli.demo_resident import Resident, Sms
from services.cli.demo_staff import Staff
from services.cli.errors import DemoStalledError
from services.intake.adapters.import_files import ImportFile, read_mapping
from services.intake.handlers import ImportOrder, ImportProgress, Intake, import_tickets
from services.routing.handlers.accounts import Member
from shared.contracts.intake import Rating

PILOT_MONTH = Path(__file__).parents[2] / "districts" / "pilot-month.jsonl"
SOURCE = "pilot-month"
EAST_GATE = "XSVH65NM"
REPORT = {
    "text": "（演示）东门外的消防通道被几辆车堵住了，请尽快处理。",
    "phone": "10000001999",
    "name": "",
    "category": "public-order",
    "website": "",
}
DONE = "（演示）已请车主挪车，通道畅通。"
SEEN = "（演示）到现场看过，确实通了。"
THANKS = "（演示）很快，谢谢！"
COMES_WITHIN_S = 60.0
LOOKED_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What has just happened: its text in the catalogue, where to look, and lines to read as they are."""

    key: str
    values: dict[str, object] = field(default_factory=dict)
    look_at: str = ""
    lines: tuple[str, ...] = ()
    figures: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where it is played: the resident at the front door, intake for the import, routing for the staff."""

    origin: str
    today: date
    resident: Resident
    intake: Intake
    staff: Staff


async def play(stage: Stage) -> AsyncIterator[Step]:
    """The whole story.

    Raises:
        DemoNeedsPilotError, DemoNeedsSandboxError: it must not be played here; nothing was done.
        DemoStalledError: what should have followed did not come.
    """
    await stage.staff.check_pilot(EAST_GATE)
    await stage.resident.messages()
    yield await _import_month(stage)
    before = await stage.resident.figures(stage.today)
    yield Step(key="demo_before", figures=before, look_at=f"{stage.origin}/desk")
    async for step in _play_ticket(stage):
        yield step
    after = await _figures_once(stage, lambda figures: _rated(figures) > _rated(before))
    yield Step(key="demo_after", figures=after, values={"month": f"{stage.today:%Y-%m}"})


async def _import_month(stage: Stage) -> Step:
    content = await asyncio.to_thread(PILOT_MONTH.read_text, "utf-8")
    months = {date.fromisoformat(json.loads(line)["opened_at"][:10]).replace(day=1) for line in content.splitlines()}
    order = ImportOrder(ImportFile(PILOT_MONTH), SOURCE, read_mapping(None))
    told = [progress async for progress in import_tickets(stage.intake, order)]
    progress = told[-1] if told else ImportProgress()
    count = progress.imported + progress.already

    def are_counted(figures: dict[str, Any]) -> bool:
        return bool(min(figures["received"], figures["closing_rate"]["numerator"]) >= count)

    figures = await _figures_once(stage, are_counted, month=min(months))
    values: dict[str, object] = {"imported": progress.imported, "already": progress.already}
    return Step(key="demo_month", values=values, figures=figures, look_at=f"{stage.origin}/sandbox")


async def _play_ticket(stage: Stage) -> AsyncIterator[Step]:
    resident, staff = stage.resident, stage.staff
    status = await resident.report(EAST_GATE, REPORT)
    yield Step(key="demo_scanned", look_at=f"{stage.origin}/r/{EAST_GATE}", lines=(REPORT["text"],))
    receipt = await _message(resident, "ticket_received", lambda sms: status in sms.text)
    yield Step(key="demo_receipt", look_at=f"{stage.origin}{status}", lines=_shown(receipt))
    assigned = await _message(resident, "case_assigned", lambda sms: sms.ticket_id == receipt.ticket_id)
    yield Step(key="demo_assigned", look_at=f"{stage.origin}/sandbox", lines=_shown(assigned))
    lead = await _duty_holder(staff, receipt.ticket_id)
    async for step in _handle(stage, receipt.ticket_id, lead):
        yield step
    closed = await _message(resident, "case_closed", lambda sms: sms.ticket_id == receipt.ticket_id)
    yield Step(key="demo_asked", look_at=f"{stage.origin}/sandbox", lines=_shown(closed))
    await _until(lambda: resident.may_rate(status))
    await resident.rate(status, Rating.SATISFIED, THANKS)
    yield Step(key="demo_rated", look_at=f"{stage.origin}{status}", lines=(THANKS,))


async def _handle(stage: Stage, case_id: UUID, lead: Member) -> AsyncIterator[Step]:
    staff, page = stage.staff, f"{stage.origin}/desk/cases/{case_id}"
    name, waiting = await staff.name(lead), len(await staff.inbox(lead))
    account = lead.actor.person
    yield Step(
        key="demo_inbox", values={"name": name, "account": account, "count": waiting}, look_at=f"{stage.origin}/desk"
    )
    await staff.act(lead, case_id, "accept")
    yield Step(key="demo_accepted", values={"name": name}, look_at=page)
    await staff.act(lead, case_id, "resolve", DONE)
    yield Step(key="demo_resolved", values={"name": name}, look_at=page, lines=(DONE,))
    colleague = await staff.other_than(lead)
    await staff.act(colleague, case_id, "verify-pass", SEEN)
    await staff.act(colleague, case_id, "close")
    yield Step(key="demo_closed", values={"name": await staff.name(colleague)}, look_at=page, lines=(SEEN,))


async def _duty_holder(staff: Staff, case_id: UUID) -> Member:
    case = await staff.case(case_id)
    if case is None or case.unit is None:
        raise DemoStalledError("case_assigned")
    return await staff.on_duty(case.unit)


async def _message(resident: Resident, template: str, fits: Callable[[Sms], bool]) -> Sms:
    found: list[Sms] = []

    async def has_come() -> bool:
        found[:] = [sms for sms in await resident.messages() if sms.template == template and fits(sms)]
        return bool(found)

    await _until(has_come, what=template)
    return found[-1]


async def _figures_once(
    stage: Stage, hold: Callable[[dict[str, Any]], bool], *, month: date | None = None
) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def have_come() -> bool:
        found[:] = [await stage.resident.figures(month or stage.today)]
        return hold(found[0])

    await _until(have_come, what="figures")
    return found[0]


async def _until(condition: Callable[[], Awaitable[bool]], *, what: str = "") -> None:
    """Between services all is eventual, so everything is waited for; what does not come is said."""
    try:
        async with asyncio.timeout(COMES_WITHIN_S):
            while not await condition():  # noqa: ASYNC110 - what is waited for is in another process.
                await asyncio.sleep(LOOKED_EVERY_S)
    except TimeoutError:
        raise DemoStalledError(what) from None


def _shown(sms: Sms) -> tuple[str, ...]:
    return (f"→ {sms.to}", sms.text)


def _rated(figures: dict[str, Any]) -> int:
    return int(figures["satisfaction"]["denominator"])
