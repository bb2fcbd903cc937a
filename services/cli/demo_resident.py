"""The demo's resident: a browser at the real front door, an eye on the sandbox, and one on the figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2

from services.cli.errors import DemoNeedsSandboxError, DemoStalledError
from shared.contracts.intake import Rating

HIDDEN = re.compile(r'name="(csrf_token|form_token)" value="([^"]*)"')
OFFERS_RATING = 'name="rating"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """One message of the sandbox."""

    ticket_id: UUID
    template: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who scans, writes, reads the messages and rates."""

    browser: httpx2.AsyncClient

    async def report(self, place: str, fields: Mapping[str, str]) -> str:
        """Scan and send; returns the address of the status page."""
        answer = await self._send(f"/r/{place}", f"/r/{place}", fields)
        return str(answer.headers["location"])

    async def may_rate(self, status: str) -> bool:
        """Whether the status page asks for the rating by now."""
        return OFFERS_RATING in (await self._page(status)).text

    async def rate(self, status: str, rating: Rating, words: str) -> None:
        """Answer the visit back."""
        await self._send(status, f"{status}/rating", {"rating": rating.value, "rating_words": words})

    async def messages(self) -> list[Sms]:
        """What phones were sent, the oldest first.

        Raises:
            DemoNeedsSandboxError: this platform sends to real phones.
        """
        answer = await self.browser.get("/sandbox/messages.json")
        if answer.status_code == httpx2.codes.NOT_FOUND:
            raise DemoNeedsSandboxError
        return [_sms(each) for each in reversed(answer.json()["messages"])]

    async def figures(self, month: date) -> dict[str, Any]:
        """A month's figures."""
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        period = {"from": month.replace(day=1).isoformat(), "to": following.isoformat()}
        total: dict[str, Any] = (await self._page("/api/v1/figures", period)).json()["total"]
        return total

    async def _page(self, address: str, parameters: Mapping[str, str] | None = None) -> httpx2.Response:
        answer = await self.browser.get(address, params=parameters)
        if answer.status_code != httpx2.codes.OK:
            raise DemoStalledError(f"{answer.status_code}")
        return answer

    async def _send(self, page: str, address: str, fields: Mapping[str, str]) -> httpx2.Response:
        """Fill the page's form and send it."""
        hidden = dict(HIDDEN.findall((await self._page(page)).text))
        answer = await self.browser.post(address, data=hidden | dict(fields))
        if answer.status_code != httpx2.codes.SEE_OTHER:
            raise DemoStalledError(f"{answer.status_code}")
        return answer


def _sms(record: Mapping[str, Any]) -> Sms:
    return Sms(
        ticket_id=UUID(record["ticket_id"]),
        template=record["template"],
        to=record["recipient"] or "",
        text=record["text"] or "",
    )
