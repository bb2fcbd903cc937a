"""A lean HTTP/1.1 client on a bare connection: one that costs more than the server would measure itself."""

import asyncio
import re
from dataclasses import dataclass
from typing import cast

HEAD_ENDS = b"\r\n\r\n"
CONTENT_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer."""

    status: int
    body: bytes


class Wire(asyncio.Protocol):
    """One connection that is kept alive, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = b""

    @classmethod
    async def connect(cls, port: int) -> "Wire":
        """A connection to a server on this machine."""
        _, wire = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return wire

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            ConnectionResetError: the server closed the connection.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by class.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        head_end = self._received.find(HEAD_ENDS)
        if head_end < 0:
            return
        length = CONTENT_LENGTH.search(self._received, 0, head_end + 2)
        body_begin = head_end + len(HEAD_ENDS)
        body_end = body_begin + (int(length[1]) if length else 0)
        if len(self._received) >= body_end:
            self._answer(Answer(int(self._received[9:12]), self._received[body_begin:body_end]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError())

    def _answer(self, answer: Answer) -> None:
        self._received = b""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST of JSON, ready to be sent."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + HEAD_ENDS + body
