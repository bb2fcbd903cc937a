"""What a caller said is kept until it is taken down: when a pass has run out, when a field is refused."""

import re
from uuid import uuid4

from shared.contracts.directory import Reach, Role
from shared.web.passes import PASS_COOKIE, PHONE_DESK, Passes
from tests.integration.intake.conftest import Door

ADDRESS = f"{PHONE_DESK}/GATE"
OWN_PAGE = {"sec-fetch-site": "same-origin"}
SAID = {"text": "路灯不亮", "phone": "", "name": "", "category": "", "stated_urgency": ""}


def at_the_phone(door: Door, person: str = "lead-1") -> dict[str, str]:
    passes = Passes(door.intake.config.session_key, door.intake.now)
    token, _ = passes.issue(
        person=person,
        unit="committee",
        role=Role.LEAD,
        reach=Reach.LADDER,
        admin=False,
        takes_calls=True,
        opens=PHONE_DESK,
    )
    return OWN_PAGE | {"cookie": f"{PASS_COOKIE}={token}"}


async def test_a_form_whose_pass_has_run_out_goes_by_the_door_with_all_that_was_typed(busy_door: Door) -> None:
    answer = await busy_door.http.post(ADDRESS, data=SAID | {"form_token": uuid4().hex}, headers=OWN_PAGE)
    page = await busy_door.http.get(ADDRESS, headers=OWN_PAGE)

    # By 307 a browser sends the very same form once more.
    assert (answer.status_code, answer.headers["location"]) == (307, "/desk/pass?next=%2Fdesk%2Fphone%2FGATE")
    assert page.status_code == 303


async def test_what_is_refused_is_handed_back_as_it_was_typed(busy_door: Door) -> None:
    before = await busy_door.tickets()
    typed = SAID | {"text": "", "phone": "138", "name": "住户丙", "stated_urgency": "urgent", "form_token": uuid4().hex}

    page = await busy_door.http.post(ADDRESS, data=typed, headers=at_the_phone(busy_door))

    assert page.status_code == 422
    assert all(f'value="{kept}"' in page.text for kept in ("138", "住户丙"))
    assert re.search(r'value="urgent" checked', page.text)
    assert await busy_door.tickets() == before


async def test_who_took_it_down_alone_reads_its_number_again_and_the_next_call_is_told_of_it(busy_door: Door) -> None:
    mine = at_the_phone(busy_door)
    taken = await busy_door.http.post(ADDRESS, data=SAID | {"form_token": uuid4().hex}, headers=mine)
    address = taken.headers["location"]

    own = await busy_door.http.get(address, headers=mine)
    another = await busy_door.http.get(address, headers=at_the_phone(busy_door, "lead-2"))
    next_call = await busy_door.http.get(ADDRESS, headers=mine)

    case_id = address.rpartition("/")[2]
    assert (own.status_code, another.status_code) == (200, 404)
    assert f"/desk/cases/{case_id}" in next_call.text
    assert await busy_door.events_of(case_id) == ["TicketOpened"]
