"""Whoever is signed in at the desk is let on to the figures; nobody else, and nowhere else."""

from shared.contracts.directory import Reach
from shared.web.passes import PASS_COOKIE, PHONE_DESK, Passes
from tests.integration.routing.conftest import Desk
from tests.integration.routing.staff import staff_of

PHONE = "/desk/phone/XSVH65NM"
FIGURES = "/desk/figures?from=2026-04-01&to=2026-05-01"


async def test_the_desk_gives_its_members_a_pass_and_takes_it_back(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    passes = Passes(desk.routing.config.session_key, desk.clock.now)
    async with staff.browser() as stranger, staff.at_desk("grid-dispatcher-1") as dispatcher:
        refused = await stranger.client.get("/desk/pass", params={"next": FIGURES})
        let_on = await dispatcher.client.get("/desk/pass", params={"next": FIGURES})
        astray = await dispatcher.client.get("/desk/pass", params={"next": "https://elsewhere.example/desk/figures"})
        form = await dispatcher.client.post("/desk/pass", params={"next": PHONE}, data={"x": "y"})
        signed_out = await dispatcher.client.post("/desk/sign-out", data={"x": "y"})
    async with staff.programme("grid-dispatcher-1") as program:
        issued = await program.post("/cases/pass")
        program.headers.pop("authorization")
        without = await program.post("/cases/pass")

    told = passes.read(let_on.cookies[PASS_COOKIE])
    by_program = passes.read(issued.json()["token"])
    assert refused.headers["location"].startswith("/desk/sign-in?next=%2Fdesk%2Fpass%3Fnext%3D")
    assert (let_on.headers["location"], astray.headers["location"]) == (FIGURES, "/desk/figures")
    assert "Max-Age=10;" in let_on.headers["set-cookie"]
    assert told is not None
    assert by_program is not None
    assert (told.person, told.unit, told.reach) == ("grid-dispatcher-1", "xinhe-grid", Reach.AREA)
    assert by_program.person == "grid-dispatcher-1"
    assert without.status_code == 401
    assert sum(PASS_COOKIE in each for each in signed_out.headers.get_list("set-cookie")) == 2

    at_the_phone = passes.read(form.cookies[PASS_COOKIE], opens=PHONE_DESK)
    assert (form.status_code, form.headers["location"]) == (307, PHONE)
    assert at_the_phone is not None
    assert at_the_phone.takes_calls
