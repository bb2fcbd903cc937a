"""A canary reporter, who gives a phone, a name and words wherever the platform takes any: rightly, wrongly, late."""

import json
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import httpx2

from services.intake.adapters.import_files import ImportFile, read_mapping
from services.intake.handlers import ImportOrder, check_import, import_tickets
from services.intake.handlers.access import Scope, create_partner
from tests.scenarios.photos import photo
from tests.scenarios.town import EAST_GATE, Town

PHONE = "10000004711"
SONG = "金丝雀"
NAME = f"{SONG}女士"
TEXT = f"{SONG}在东门外的树上叫了一夜，公共秩序，请管一管"
WORDS = f"{SONG}说的话"
# Messages go to these: whoever is on duty in the scenarios.
STAFF_PHONES = ("10000000202", "10000000203", "10000000302", "10000000402", "10000000103")
CANARIES = (PHONE, SONG, *STAFF_PHONES)
AS_JSON = {"content-type": "application/json"}
REPORT = {"place": EAST_GATE, "text": TEXT, "phone": PHONE, "name": NAME, "category": "public-order"}


async def comes_by_every_door(town: Town) -> UUID:
    """A report by the page, by JSON, by a form and by a partner; returns the page's ticket, which is then handled."""
    async with town.resident() as resident:
        status = await resident.report(TEXT, phone=PHONE, name=NAME, category="public-order", files=[sung_photo()])
        await handled(town, await town.ticket_id(status))
        await town.status_shows(resident, status, "/not-fixed")
        await resident.dispute(status, WORDS)
        await town.message_to(await town.ticket_id(status), "duty", "case_reopened")
        await handled(town, await town.ticket_id(status))
        await town.status_shows(resident, status, 'name="rating"')
        await resident.rate(status, "dissatisfied", WORDS)
    async with town.client() as http:
        assert (await http.post("/api/v1/tickets", json=REPORT)).status_code == 201
        assert (await http.post("/api/v1/tickets", data=REPORT, files=[sung_photo()])).status_code == 201
    async with town.client(authorization=f"Bearer {await partner_key(town)}") as http:
        assert (await http.post("/api/v1/tickets", json=REPORT)).status_code == 201
    return await town.ticket_id(status)


def sung_photo() -> tuple[str, tuple[str, bytes, str]]:
    """A photo whose camera has written down whose it is."""
    return photo(description=TEXT, artist=PHONE)


async def partner_key(town: Town) -> str:
    """A key as `yima partner create` makes it."""
    async with town.intake() as intake:
        scopes, at = frozenset(Scope), intake.now()
        made = await create_partner(intake.runtime.pool, name="热线", scopes=scopes, quota_per_minute=600, at=at)
    return made.api_key


async def handled(town: Town, case: UUID) -> None:
    """Every act that takes words, refused ones among them."""
    await town.message_to(case, "duty", "case_assigned")
    async with town.at_desk("committee-lead-2") as lead, town.at_desk("committee-member-1") as member:
        await lead.act(case, "resolve", note=WORDS)
        await lead.acts(case, "return", reason=WORDS)
        await lead.act(case, "transfer", unit="no-such-unit", reason=WORDS)
        async with town.at_desk("grid-dispatcher-2") as dispatcher:
            await dispatcher.acts(case, "transfer", unit="chunhe-committee", reason=WORDS)
        await lead.acts(case, "accept")
        await lead.acts(case, "note", note=WORDS)
        await lead.act(case, "note", note=WORDS * 5000)
        await lead.act(case, "resolve", files=[("photos", ("a.jpg", TEXT.encode(), "image/jpeg"))], note=WORDS)
        await lead.acts(case, "resolve", files=[sung_photo()], note=WORDS)
        await member.acts(case, "verify-fail", reason=WORDS)
        await lead.acts(case, "resolve", note=WORDS)
        await member.acts(case, "verify-pass", note=WORDS)
        await member.acts(case, "close")
        await member.act(case, "return", reason=WORDS)


async def is_refused_everywhere(town: Town) -> list[int]:
    """Whatever can be wrong with a report; returns the statuses."""
    wrong = [
        REPORT | {"text": TEXT * 1000},
        REPORT | {"text": f"{TEXT}\x07"},
        REPORT | {"phone": f"{PHONE}0"},
        REPORT | {"phone": f"{PHONE}或{PHONE}"},
        REPORT | {"name": NAME * 100},
        REPORT | {"place": NAME},
        REPORT | {"category": NAME},
        REPORT | {"note": WORDS},
        REPORT | {"text": [TEXT]},
        REPORT | {"phone": int(PHONE)},
        REPORT | {"reference": NAME},
        [TEXT, PHONE],
    ]
    raw = [json.dumps(REPORT)[:-1], f"{PHONE} {TEXT}", json.dumps(REPORT).replace("place", "\\ud800")]
    async with town.client() as http:
        answers = [await http.post("/api/v1/tickets", json=each) for each in wrong]
        answers += [await http.post("/api/v1/tickets", content=each.encode(), headers=AS_JSON) for each in raw]
        answers += [await http.post("/api/v1/tickets", content=each.encode()) for each in raw]
        gb18030 = json.dumps(REPORT).encode("gb18030", "replace")[:-9]
        answers += [await http.post("/api/v1/tickets", content=gb18030, headers=AS_JSON)]
        answers += [await http.post("/api/v1/tickets", data=REPORT, files=[("photos", ("p.jpg", TEXT.encode()))])]
        answers += [await http.post("/api/v1/tickets", data=REPORT | {"phone": NAME}, files=[sung_photo()])]
        answers += [await repeated_with_another_body(http)]
        answers += [await http.post("/api/v1/tickets", json=REPORT, headers={"authorization": f"Bearer yima_{PHONE}"})]
        answers += [await http.get("/api/v1/figures", params={"from": "2026-04-01", "to": "x", "area": EAST_GATE})]
    async with town.resident() as resident:
        page = await resident.page(f"/r/{EAST_GATE}")
        for fields in ({"text": TEXT, "phone": NAME}, {"text": "", "phone": PHONE}, {"text": TEXT, "website": PHONE}):
            answers.append(await resident.send(f"/r/{EAST_GATE}", page, (), **fields))
        answers.append(await resident.client.post(f"/r/{EAST_GATE}", data={"text": TEXT, "phone": PHONE}))
        page = await resident.page("/desk/sign-in")
        for account in (PHONE, NAME):
            answers.append(await resident.signs_in(page, account=account, password=PHONE))
    return [answer.status_code for answer in answers]


async def repeated_with_another_body(http: httpx2.AsyncClient) -> httpx2.Response:
    key = {"Idempotency-Key": str(uuid4())}
    assert (await http.post("/api/v1/tickets", json=REPORT, headers=key)).status_code == 201
    return await http.post("/api/v1/tickets", json=REPORT | {"text": f"{TEXT}！"}, headers=key)


def history_with_canaries(file: Path) -> Path:
    """A file of another system, with one good line and seven bad ones."""
    line = {"opened_at": "2026-04-02T08:00:00+08:00", "accepted_at": "2026-04-02T09:00:00+08:00"}
    line |= {"resolved_at": "2026-04-03T09:00:00+08:00", "closed_at": "2026-04-03T10:00:00+08:00"}
    rated = {"rating": "so_so", "rating_words": WORDS, "rated_at": "2026-04-03T11:00:00+08:00"}
    notes: dict[str, object] = {"notes": [{"at": "2026-04-02T10:00:00+08:00", "text": WORDS}]}
    bad = [{"phone": NAME}, {"opened_at": TEXT}, {"place": NAME}, {"unit": NAME}, {"notes": TEXT}, {"rating": NAME}]
    more: list[Mapping[str, object]] = [{**rated, **notes}, *bad]
    lines = [{**line, **REPORT, **each, "source_id": str(number)} for number, each in enumerate(more)]
    written = [json.dumps(each) for each in lines]
    file.write_text("\n".join([*written, f"{PHONE} {TEXT}"]), encoding="utf-8")
    return file


async def is_imported(town: Town, history: Path) -> list[str]:
    """Checked, then imported; returns what is said of the bad lines."""
    said: list[str] = []
    async with town.intake() as intake:
        for take in (check_import, import_tickets):
            order = ImportOrder(ImportFile(history), "canary", read_mapping(None))
            async for progress in take(intake, order):
                said += [repr(each) for each in progress.bad]
    return said
