"""Staff sign in by a real identity provider on loopback: there, back, out, and each way in which it ends in nothing."""

import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
from playwright.async_api import expect

from services.routing.app import create_app, provider_of
from services.routing.config import Config
from services.routing.handlers import Routing
from services.routing.handlers.accounts import ensure_accounts
from services.routing.handlers.sessions import token_hash
from services.routing.pages.provider import Attempts
from shared.kernel.clock import SystemClock
from tests.browser.conftest import PageAt, browser, chromium, page_at
from tests.integration.routing.conftest import NOW, Desk, sample_config
from tests.integration.routing.identity_provider import CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.integration.routing.staff import Browser, Staff
from tests.scenarios.conftest import served

# The browser's own fixtures.
__all__ = ["browser", "chromium", "page_at"]

LEAD = "committee-lead-1"
# Of the same house, so the provider knows her; nobody of this district.
STRANGER = "somebody.else"
ROOT = Path(__file__).parents[3]
NAMED = "UPDATE sessions SET provider_session = $2 WHERE token_hash = $1"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider at work."""
    folder = tmp_path_factory.mktemp("provider")
    command = [sys.executable, "-m", "tests.integration.routing.identity_provider", str(folder), LEAD, STRANGER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def config(tmp_path: Path, issuer: str) -> Config:
    settings: dict[str, Any] = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_name": "东城统一身份",
        "sign_in_failures_per_address_max": 3,
    }
    return Config(**sample_config(tmp_path).model_dump() | settings)


@pytest.fixture
def staff(desk: Desk) -> Staff:
    """Nobody has a local account; the clock is the provider's, which can not be moved."""
    desk.clock.advance(SystemClock().now() - NOW)
    return Staff(desk.routing, {})


@dataclass(slots=True)
class Person:
    """One person's browser, at the desk and at the provider."""

    desk: Browser
    there: httpx2.AsyncClient

    async def sets_out(self, wanted: str = "/desk") -> str:
        """The address at the provider to which the desk sends them."""
        response = await self.desk.get(f"/desk/sign-in/provider?{urlencode({'next': wanted})}")
        assert response.status_code == 303, response.text
        return response.headers["location"]

    async def lets_provider_know(self, address: str, account: str) -> str:
        """Through the provider's own pages; the address of ours to which it sends them back."""
        response = await self.there.get(address)
        while not (onward := response.headers.get("location", "")).startswith("http://yima/"):
            if onward:
                response = await self.there.get(urljoin(str(response.url), onward))
            else:
                fields = {"username": account, "password": PASSWORD, "csrfmiddlewaretoken": field_in(response.text)}
                response = await self.there.post(str(response.url), data=fields)
        return onward

    async def comes_back(self, account: str, *, wanted: str = "/desk") -> httpx2.Response:
        """The whole way."""
        return await self.desk.get(await self.lets_provider_know(await self.sets_out(wanted), account))


def state_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def field_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


@pytest.fixture
async def person(staff: Staff) -> AsyncIterator[Person]:
    async with staff.browser() as desk, httpx2.AsyncClient() as there:
        yield Person(desk, there)


async def test_a_member_of_staff_comes_in_without_a_local_account_to_where_they_wanted(
    person: Person, desk: Desk
) -> None:
    door = await person.desk.get("/desk/sign-in?next=/desk?show=closed")
    entered = await person.comes_back(LEAD, wanted="/desk?show=closed")
    inbox = await person.desk.get("/desk?show=closed")
    rows = await desk.routing.runtime.pool.fetch("SELECT * FROM sessions")

    assert "用东城统一身份登录" in door.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/desk?show=closed")
    assert inbox.status_code == 200
    # Nothing of what the provider issued is kept, here or in the browser; hashes of its names for them are.
    kept = ["by_provider", "expires_at", "person", "provider_session", "provider_subject", "token_hash"]
    assert [sorted(dict(row)) for row in rows] == [kept]
    assert [(row["provider_session"], len(row["provider_subject"])) for row in rows] == [(None, 32)]
    assert set(person.desk.client.cookies) == {"yima_form", "yima_desk"}


async def test_the_provider_is_asked_with_a_challenge_and_keeps_to_it(person: Person, staff: Staff) -> None:
    address = await person.sets_out()
    asked = parse_qs(urlsplit(address).query)
    back = await person.lets_provider_know(address, LEAD)
    attempts, state = Attempts.signed_with(b"s" * 32), asked["state"][0]
    attempt, _ = attempts.opened(person.desk.client.cookies["yima_sign_in"], state=state, now_s=0)
    stolen = attempts.sealed(replace(attempt, verifier="x" * 64), next_address="/desk", until_s=2**40)
    async with staff.browser() as thief:
        thief.client.cookies.set("yima_sign_in", stolen, domain="yima")
        refused = await thief.get(back)

    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == (
        ["S256"],
        ["code"],
        ["openid profile"],
    )
    assert refused.status_code == 400
    assert "这次登录已经失效" in refused.text


async def test_who_signs_out_is_signed_out_at_the_provider_too(person: Person) -> None:
    await person.comes_back(LEAD)

    left = await person.desk.client.post("/desk/sign-out")
    inbox = await person.desk.get("/desk")
    onward = left.headers["refresh"].removeprefix("0; url=")
    asked = await person.there.get(onward)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text)) | {"allow": "Logout"}
    out = await person.there.post(onward, data=fields)
    again = await person.there.get(await person.sets_out())

    assert (left.status_code, inbox.headers["location"]) == (200, "/desk/sign-in?next=%2Fdesk")
    assert out.headers["location"] == "http://yima/desk/sign-in"
    assert again.headers["location"].startswith("/login/")


async def test_whom_the_provider_signs_out_is_out_on_each_device_at_once_and_nobody_else_is(
    person: Person, staff: Staff, issuer: str
) -> None:
    account = next(each for each in await ensure_accounts(staff.routing) if each.person == LEAD)
    async with staff.browser() as phone, staff.browser() as local, httpx2.AsyncClient() as there:
        other = Person(phone, there)
        await person.comes_back(LEAD)
        await other.comes_back(LEAD)
        await local.sign_in(LEAD, account.password)
        token = (await there.get(urljoin(issuer, f"/logout-token/{LEAD}"))).text
        stranger = (await there.get(urljoin(issuer, f"/logout-token/{STRANGER}"))).text
        # The provider's own request: no cookie, no form of ours, another origin.
        async with staff.browser() as provider:
            answers = [
                await provider.client.post("/desk/sign-in/signed-out-there", data={"logout_token": each})
                for each in (stranger, f"{token[:-2]}AA", "")
            ]
            before = await person.desk.get("/desk")
            done = await provider.client.post("/desk/sign-in/signed-out-there", data={"logout_token": token})
        after = [await each.get("/desk") for each in (person.desk, phone, local)]

    assert [each.status_code for each in answers] == [200, 400, 400]
    assert answers[1].json()["error"] == "invalid_request"
    assert (before.status_code, done.status_code, done.headers["cache-control"]) == (200, 200, "no-store")
    doors = [each.headers.get("location", "") for each in after]
    assert doors[:2] == ["/desk/sign-in?next=%2Fdesk"] * 2
    assert not doors[2].startswith("/desk/sign-in")


async def test_one_that_names_its_sessions_ends_the_one_that_it_names_and_what_it_never_named_to_us(
    person: Person, staff: Staff, issuer: str
) -> None:
    pool = staff.routing.runtime.pool
    async with staff.browser() as phone, staff.browser() as unnamed, staff.browser() as provider:
        browsers = (person.desk, phone, unnamed)
        for browser in browsers:
            async with httpx2.AsyncClient() as there:
                await Person(browser, there).comes_back(LEAD)
        for browser, session in ((person.desk, "here"), (phone, "there")):
            # As if it had said so when it let them in: this one knows no sessions.
            held = token_hash(browser.client.cookies["yima_desk"])
            await pool.execute(NAMED, held, token_hash(session))

        async def in_after(query: str) -> list[bool]:
            token = (await person.there.get(urljoin(issuer, f"/logout-token/{query}"))).text
            done = await provider.client.post("/desk/sign-in/signed-out-there", data={"logout_token": token})
            assert done.status_code == 200
            return [(await each.get("/desk")).status_code == 200 for each in browsers]

        others = await in_after(f"{STRANGER}?sid=nobody's")
        own = await in_after(f"{LEAD}?sid=here")
        all_of_them = await in_after(LEAD)

    assert (others, own, all_of_them) == ([True] * 3, [False, True, False], [False] * 3)


async def test_an_answer_counts_once_in_the_browser_that_asked_and_for_half_an_hour(
    person: Person, staff: Staff, desk: Desk
) -> None:
    back = await person.lets_provider_know(await person.sets_out(), LEAD)
    async with staff.browser() as other, staff.browser() as thief:
        thief.client.cookies.update(person.desk.client.cookies)
        foreign, entered, again, stolen = [await each.get(back) for each in (other, person.desk, person.desk, thief)]
    later = await person.lets_provider_know(await person.sets_out(), LEAD)
    desk.clock.advance(timedelta(minutes=30))
    late = await person.desk.get(later)

    assert entered.status_code == 303
    assert [answer.status_code for answer in (foreign, again, stolen, late)] == [400] * 4
    assert "请再登录一次" in foreign.text


async def test_who_is_not_of_the_district_is_told_so_and_can_come_as_somebody_else(person: Person) -> None:
    refused = await person.comes_back(STRANGER)
    anew = await person.desk.get("/desk/sign-in/provider?anew=1")

    assert refused.status_code == 403
    assert "东城统一身份上的账号“somebody.else”不在本区的人员名单里" in refused.text
    assert "/desk/sign-in/provider?anew=1" in refused.text
    assert "prompt=login" in anew.headers["location"]


async def test_each_refusal_is_told_in_words(person: Person, desk: Desk) -> None:
    async def refused_with(error: str) -> httpx2.Response:
        return await person.desk.get(f"/desk/sign-in/return?error={error}&state={state_in(await person.sets_out())}")

    cancelled = await refused_with("access_denied")
    busy = await refused_with("temporarily_unavailable")
    misunderstood = await refused_with("invalid_scope")
    desk.clock.advance(timedelta(hours=-1))
    early = await person.comes_back(LEAD)

    assert (cancelled.status_code, "没有登录成" in cancelled.text) == (403, True)
    assert (busy.status_code, "现在连不上东城统一身份" in busy.text) == (503, True)
    assert (misunderstood.status_code, "答复不对" in misunderstood.text) == (502, True)
    assert (early.status_code, "时钟对不上" in early.text) == (502, True)


async def test_a_provider_that_is_away_shuts_nobody_out_for_later(person: Person, desk: Desk) -> None:
    back = await person.lets_provider_know(await person.sets_out(), LEAD)
    async with Staff(away(desk.routing), {}).browser() as other:
        statuses = [(await other.get("/desk/sign-in/provider")).status_code]
        for _ in range(4):
            other.client.cookies.update(person.desk.client.cookies)
            statuses.append((await other.get(back)).status_code)
    entered = await person.desk.get(back)

    assert statuses == [503] * 5
    assert entered.status_code == 303


async def test_a_provider_whose_keys_were_away_for_a_while_is_heard_again_when_it_signs_somebody_out(
    person: Person, staff: Staff, desk: Desk, issuer: str
) -> None:
    await person.comes_back(LEAD)
    token = {"logout_token": (await person.there.get(urljoin(issuer, f"/logout-token/{LEAD}"))).text}
    async with Staff(away(desk.routing), {}).browser() as unheard, staff.browser() as heard:
        refused = [
            (await unheard.client.post("/desk/sign-in/signed-out-there", data=token)).status_code for _ in range(4)
        ]
        done = await heard.client.post("/desk/sign-in/signed-out-there", data=token)

    assert (refused, done.status_code) == ([400] * 4, 200)
    assert (await person.desk.get("/desk")).headers["location"].startswith("/desk/sign-in")


async def test_from_an_address_whose_answers_are_worth_nothing_no_more_is_asked(person: Person) -> None:
    statuses = []
    for _ in range(4):
        state = state_in(await person.sets_out())
        statuses.append((await person.desk.get(f"/desk/sign-in/return?code=made-up&state={state}")).status_code)

    assert statuses == [400, 400, 400, 429]


async def test_where_local_accounts_are_off_no_password_counts(desk: Desk, staff: Staff) -> None:
    account = next(account for account in await ensure_accounts(desk.routing) if account.person == LEAD)
    off = replace(desk.routing, config=desk.routing.config.model_copy(update={"local_accounts": False}))
    async with staff.browser() as before:
        await before.sign_in(LEAD, account.password)
        token = before.client.cookies["yima_desk"]
    async with Staff(off, {}).browser() as browser:
        browser.client.cookies.set("yima_desk", token, domain="yima")
        inbox, door = await browser.get("/desk"), await browser.get("/desk/sign-in")
        entered = await browser.sign_in(LEAD, account.password)
        answer = await browser.client.post(
            "/api/v1/cases/session", json={"account": LEAD, "password": account.password}
        )

    assert inbox.headers["location"].startswith("/desk/sign-in")
    assert 'name="password"' not in door.text
    assert "用东城统一身份登录" in entered.text
    assert (entered.status_code, answer.status_code) == (403, 403)
    assert answer.json()["type"] == "/problems/local-accounts-off"
    assert await ensure_accounts(off) == []


async def test_in_a_real_browser_one_signs_in_and_out(staff: Staff, page_at: PageAt) -> None:
    page = await page_at(360)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with served(create_app(reached_at(staff.routing, origin)), listening):
            await page.goto(f"{origin}/desk?show=closed")
            await page.get_by_role("link", name="用东城统一身份登录").click()
            await page.locator("[name=username]").fill(LEAD)
            await page.locator("[name=password]").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await page.wait_for_url(f"{origin}/desk?show=closed")
            await page.get_by_role("button", name="退出", exact=True).click()
            await page.locator("[name=allow]").click()
            await expect(page.get_by_role("link", name="用东城统一身份登录")).to_be_visible()

            assert page.url.startswith(f"{origin}/desk/sign-in")


def away(routing: Routing) -> Routing:
    """The same desk, whose provider does not answer."""
    nowhere = routing.config.model_copy(update={"oidc_issuer": "http://127.0.0.1:9/o"})
    return replace(routing, config=nowhere, provider=provider_of(nowhere, routing.runtime.ground))


def reached_at(routing: Routing, origin: str) -> Routing:
    """The same desk at another address."""
    there = routing.config.model_copy(update={"public_url": origin})
    return replace(routing, config=there, provider=provider_of(there, routing.runtime.ground))
