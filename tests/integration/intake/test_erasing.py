"""A reporter who asks for it is forgotten, in everything that they have reported."""

import pytest

from services.intake.domain.errors import UnknownTicketError
from services.intake.handlers import Erasure, erase_reporter
from tests.integration.intake.conftest import PHONE, Door
from tests.integration.intake.test_bad_input import a_photo, photos_kept
from tests.integration.intake.test_reporters import person_of

TEXT = "门禁坏了，我住在三楼"


async def report_with_photos(door: Door) -> dict[str, str]:
    photos = [("photos", (name, a_photo(), "image/jpeg")) for name in ("a.jpg", "b.jpg")]
    form = {"place": "GATE", "text": TEXT, "phone": PHONE}
    created: dict[str, str] = (await door.http.post("/api/v1/tickets", data=form, files=photos)).json()
    return created


async def state_of_key(door: Door, person: str) -> str:
    return str(await door.intake.runtime.pool.fetchval("SELECT state FROM keys WHERE person = $1", person))


async def test_who_is_forgotten_is_so_in_all_their_tickets_and_in_no_one_elses(door: Door) -> None:
    first, second = await report_with_photos(door), await door.report(phone=PHONE)
    other = await door.report(phone="10000005678")
    person = await person_of(door, first["id"])

    erased = await erase_reporter(door.intake, second["number"])

    assert erased == Erasure(tickets=2, photos=2)
    assert await state_of_key(door, person) == "erased"
    assert photos_kept(door) == 0
    for ticket in (first, second):
        assert await door.events_of(ticket["id"]) == ["TicketOpened", "ReporterErased"]
    assert await door.events_of(other["id"]) == ["TicketOpened"]
    assert await state_of_key(door, await person_of(door, other["id"])) == "wrapped"


async def test_the_status_page_shows_how_far_it_is_and_no_word_of_theirs(door: Door) -> None:
    created = await report_with_photos(door)
    page = created["status_url"].removeprefix(door.intake.config.public_url)
    assert TEXT in (await door.http.get(page)).text

    await erase_reporter(door.intake, created["number"])

    shown = await door.http.get(page)
    assert shown.status_code == 200
    assert TEXT not in shown.text


async def test_the_phone_of_who_was_forgotten_is_somebody_new(door: Door) -> None:
    created = await door.report(phone=PHONE)

    await erase_reporter(door.intake, created["number"])

    again = await door.report(phone=PHONE)
    assert await person_of(door, again["id"]) != await person_of(door, created["id"])


async def test_forgetting_twice_finishes_what_was_interrupted_and_tells_nothing_twice(door: Door) -> None:
    created = await report_with_photos(door)
    await erase_reporter(door.intake, created["number"])

    again = await erase_reporter(door.intake, created["number"])

    assert again == Erasure(tickets=1, photos=2)
    assert await door.events_of(created["id"]) == ["TicketOpened", "ReporterErased"]


async def test_others_learn_that_the_key_is_gone(door: Door) -> None:
    created = await door.report(phone=PHONE)

    await erase_reporter(door.intake, created["number"])

    queued = await door.intake.runtime.pool.fetch("SELECT key FROM outbox_states")
    sent = await door.intake.runtime.pool.fetch("SELECT key FROM published_states")
    assert await person_of(door, created["id"]) in {row["key"] for row in (*queued, *sent)}


async def test_number_of_no_ticket_forgets_nobody(door: Door) -> None:
    with pytest.raises(UnknownTicketError):
        await erase_reporter(door.intake, "000000000")
