"""A server that behaves as Twilio's documentation says, on a port of its own; it answers what a test tells it to."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-of-twilio"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

# What becomes of the connection after a request was read; None lets it hang.
Answer = tuple[int, dict[str, object]] | str


def refusal(status: int, code: int) -> Answer:
    """An error as Twilio words it; the words repeat the phone, as its real ones do."""
    return status, {"code": code, "message": "The 'To' number +8610000001234 is not valid.", "status": status}


@dataclass(slots=True)
class TwilioServer:
    """Its requests, and what it answers to the next ones; it takes whatever it has no other answer for."""

    port: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    _server: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open as HTTP/1.1 does."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._serve_one(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        self.requests.append({name: values[0] for name, values in parse_qs(body).items()})
        answer = self._answer(line, headers)
        if answer == "hang":
            await self.released.wait()
        if isinstance(answer, str):
            return False
        writer.write(_response(*answer))
        return True

    def _answer(self, line: str, headers: dict[str, str]) -> Answer:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if not line.startswith(f"POST {PATH} "):
            return refusal(404, 20404)
        if headers.get("authorization") != expected:
            return refusal(401, 20003)
        if self.answers:
            return self.answers.pop(0)
        return 201, {"sid": f"SM{len(self.requests):032d}", "status": "queued", "error_code": None}


def _response(status: int, body: dict[str, object]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    return head.encode() + content


@asynccontextmanager
async def twilio_server() -> AsyncIterator[TwilioServer]:
    """A running one."""
    twilio = TwilioServer()
    await twilio.start()
    yield twilio
    await twilio.stop()
