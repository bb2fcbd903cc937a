"""The story at the JSON interface: each person's program is signed in with their account."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2

from shared.testing.waiting import eventually
from shared.web.wording import SHANGHAI
from tests.scenarios.town import OWN_PASSWORD, Resident, Town
from tests.story.stage import Scene
from tests.story.steps import Acts, Looks, Opens, Passes, Rates, Reports, Waits

RATINGS = {"满意": "satisfied", "一般": "so_so", "不满意": "dissatisfied"}


@dataclass(slots=True)
class Programs:
    """Whoever acts, by a program of theirs. The interface takes no rating."""

    town: Town
    closing: AsyncExitStack
    _clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def waits(self, _scene: Scene, step: Waits) -> None:
        await self._program_of(step.person)

    async def reports(self, _scene: Scene, step: Reports) -> str:
        async with self.town.client() as client:
            place = (await client.get(f"/api/v1/places/{step.place}")).json()
            [category] = [each["id"] for each in place["categories"] if step.category in each["name"].values()]
            form = {"place": step.place, "text": step.words, "phone": step.phone, "category": category}
            key = {"idempotency-key": str(uuid4())}
            answer = await client.post("/api/v1/tickets", data=form, files=[_file(step.photo)], headers=key)
        assert answer.status_code == 201, answer.text
        return httpx2.URL(answer.json()["status_url"]).path

    async def opens(self, scene: Scene, step: Opens) -> None:
        """Their list has it, as the inbox would."""
        client = await self._program_of(step.person)

        async def is_listed() -> bool:
            lists = [await _got(client, "/api/v1/cases", show=show) for show in ("mine", "unit", "area", "closed")]
            return any(each["id"] == str(scene.case) for listed in lists for each in listed["cases"])

        await eventually(is_listed)

    async def looks(self, scene: Scene, step: Looks) -> None:
        """Its acts are those that would not be refused."""
        case = await _got(await self._program_of(step.person), f"/api/v1/cases/{scene.case}")
        assert step.not_yet not in case["acts"], case["acts"]

    async def acts(self, scene: Scene, step: Acts) -> None:
        client = await self._program_of(step.person)
        read = await client.get(f"/api/v1/cases/{scene.case}")
        assert read.status_code == 200, read.text
        headers = {"idempotency-key": str(uuid4()), "if-match": read.headers["etag"]}
        body = _body(step, read.json())
        # As a form where a photo comes with it.
        sent: dict[str, Any] = {"data": body, "files": [_file(step.photo)]} if step.photo else {"json": body}
        answer = await client.post(f"/api/v1/cases/{scene.case}/{step.act}", headers=headers, **sent)
        assert answer.status_code in (200, 204), f"{step.act}: {answer.text}"

    async def passes(self, _scene: Scene, _step: Passes) -> None:
        """A program looks when it is asked to."""

    async def rates(self, scene: Scene, step: Rates) -> None:
        """The resident has no program: they answer at the page that their message leads to."""
        async with self.town.client() as client:
            resident = Resident(client)
            await self.town.status_shows(resident, scene.status, 'name="rating"')
            answer = await resident.rate(scene.status, RATINGS[step.rating], step.words)
        assert answer.status_code == 303, answer.text

    async def timeline(self, scene: Scene, person: str) -> list[str]:
        client = await self._program_of(person)
        case = await _got(client, f"/api/v1/cases/{scene.case}")
        return [_line(each) for each in case["way"]]

    async def _program_of(self, person: str) -> httpx2.AsyncClient:
        """The first-use password is changed at the desk; from then on the program signs in by itself."""
        if person not in self._clients:
            async with self.town.at_desk(person):
                pass
            self._clients[person] = await self.closing.enter_async_context(self.town.client())
        client = self._clients[person]
        if (await client.get("/api/v1/cases")).status_code == httpx2.codes.UNAUTHORIZED:
            who = {"account": person, "password": OWN_PASSWORD}
            session = await client.post("/api/v1/cases/session", json=who)
            assert session.status_code == 201, session.text
            client.headers["authorization"] = f"Bearer {session.json()['token']}"
        return client


def _file(photo: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return ("photos", ("photo.jpg", photo, "image/jpeg"))


def _body(step: Acts, case: Mapping[str, Any]) -> dict[str, Any]:
    given = {
        "words": step.words,
        "unit": step.unit,
        "units": list(step.units),
        "calls": [{"unit": unit, "task": task} for unit, task in step.own_tasks.items()],
        "after_days": step.after_days,
        "follow_up": _follow_up(step.follow_up, case),
    }
    return {name: value for name, value in given.items() if value}


def _follow_up(task: str, case: Mapping[str, Any]) -> str:
    """The id of the follow-up with this task, in words or by its rule."""
    known = case["follow_ups"] if task else []
    return next((each["id"] for each in known if task in (each["task"], (each["by_rule"] or {}).get("zh"))), "")


async def _got(client: httpx2.AsyncClient, address: str, **query: str) -> Any:
    answer = await client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _line(happened: Mapping[str, Any]) -> str:
    at = _moment(happened["at"])
    said = [happened[name] for name in ("unit", "by", "words") if happened[name]]
    return " · ".join([at, happened["event"], *said])


def _moment(written: str) -> str:
    return f"{datetime.fromisoformat(written).astimezone(SHANGHAI):%m-%d %H:%M}"
