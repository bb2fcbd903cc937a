"""Members of staff at the desk, as their browsers see it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx2
from fastapi import FastAPI

from services.routing.app import create_app
from services.routing.handlers import Routing
from services.routing.handlers.accounts import ensure_accounts

OWN_PASSWORD = "four plain words here"
SAME_SITE = {"sec-fetch-site": "same-origin", "accept-language": "zh"}


@dataclass(slots=True)
class Browser:
    """One member's browser."""

    client: httpx2.AsyncClient
    pages: list[str] = field(default_factory=list)

    async def get(self, address: str) -> httpx2.Response:
        return await self.client.get(address)

    async def sign_in(self, account: str, password: str, *, next_address: str = "/desk") -> httpx2.Response:
        form = {"account": account, "password": password, "next": next_address}
        return await self.client.post("/desk/sign-in", data=form)

    async def set_own_password(self, password: str = OWN_PASSWORD) -> httpx2.Response:
        return await self.client.post("/desk/first-password", data={"password": password, "password_again": password})

    async def page_of(self, case_id: UUID) -> str:
        response = await self.get(f"/desk/cases/{case_id}")
        assert response.status_code == 200, response.text
        return response.text

    async def act(self, case_id: UUID, action: str, **fields: str) -> httpx2.Response:
        """Open the case's page and send the form of one act from it."""
        page = await self.page_of(case_id)
        hidden = {"version": hidden_in(page, "version"), "form_token": hidden_in(page, "form_token")}
        return await self.client.post(f"/desk/cases/{case_id}/{action}", data=hidden | fields)


def hidden_in(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no hidden {name}"
    return found[1]


@dataclass(slots=True)
class Staff:
    """All the pilot's people, with their passwords."""

    routing: Routing
    passwords: dict[str, str]
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.routing)

    @asynccontextmanager
    async def at_desk(self, account: str) -> AsyncIterator[Browser]:
        """Signed in, with a password of their own."""
        async with self.browser() as browser:
            await browser.sign_in(account, self.passwords[account])
            if self.passwords[account] != OWN_PASSWORD:
                response = await browser.set_own_password()
                assert response.status_code == 303, response.text
                self.passwords[account] = OWN_PASSWORD
            yield browser

    @asynccontextmanager
    async def browser(self, address: str = "127.0.0.1") -> AsyncIterator[Browser]:
        """Nobody's yet."""
        transport = httpx2.ASGITransport(app=self.app, client=(address, 40_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima", headers=SAME_SITE) as client:
            yield Browser(client)

    @asynccontextmanager
    async def programme(self, account: str) -> AsyncIterator[httpx2.AsyncClient]:
        """A program of theirs, signed in, at the interface."""
        async with self.at_desk(account):
            pass
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima/api/v1") as client:
            who = {"account": account, "password": OWN_PASSWORD}
            session = (await client.post("/cases/session", json=who)).json()
            client.headers["authorization"] = f"Bearer {session['token']}"
            yield client


async def staff_of(routing: Routing) -> Staff:
    return Staff(routing, {account.person: account.password for account in await ensure_accounts(routing)})
