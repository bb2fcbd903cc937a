"""Bodies and forms with files, read no further than they may be long, with text that is what was sent."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Scope

from shared.kernel.misread import BODY

FIELD_BYTES_MAX = 256 * 1024
# Beyond these the request is none that we know; what is merely too much is refused by name later.
FILES_MAX = 20
FIELDS_MAX = 20
URLENCODED = "application/x-www-form-urlencoded"
# Gives each byte a character, so that what was sent is found again: the framework reads what is not UTF-8 as this in
# silence, and keeps signs that nobody wrote.
BYTES = "latin-1"


class BodyTooLongError(Exception):
    """More was sent than may be read."""


class NotAFormError(Exception):
    """What was sent as a form can not be taken apart."""


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLongError: it is longer; the rest was not read.
    """
    _check_announced_length(request, bytes_max)
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > bytes_max:
            raise BodyTooLongError
        chunks.append(chunk)
    return b"".join(chunks)


async def read_form(request: Request, *, bytes_max: int, fields_max: int = FIELDS_MAX) -> FormData:
    """The form; close it when its files are no longer needed.

    Raises:
        BodyTooLongError: it is longer; the rest was not read.
        NotAFormError: it is no form.
        RequestValidationError: it holds too many fields, or text that is not UTF-8.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == URLENCODED:
        return FormData(_in_utf8(_urlencoded(await read_body(request, bytes_max=min(bytes_max, FIELD_BYTES_MAX)))))
    form = await _multipart(request, bytes_max, fields_max)
    try:
        return FormData(_in_utf8(form.multi_items()))
    except RequestValidationError:
        await form.close()
        raise


async def _multipart(request: Request, bytes_max: int, fields_max: int) -> FormData:
    _check_announced_length(request, bytes_max)
    limited = Request(_read_as_bytes(request), _Limited(request, bytes_max).receive)
    try:
        return await limited.form(max_files=FILES_MAX, max_fields=fields_max, max_part_size=FIELD_BYTES_MAX)
    except HTTPException as error:
        if error.detail.startswith("Too many"):
            raise _misread("too_many_fields", BODY) from None
        raise NotAFormError from None


def _read_as_bytes(request: Request) -> Scope:
    """The request with a form that says to be in `BYTES`, whatever it said before: the last word counts."""
    headers = Headers(scope=request.scope).mutablecopy()
    headers["content-type"] = f"{headers.get('content-type', '')}; charset={BYTES}"
    return {**request.scope, "headers": headers.raw}


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(BYTES), keep_blank_values=True, encoding=BYTES, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise _misread("too_many_fields", BODY) from None


def _in_utf8(items: Sequence[tuple[str, str | UploadFile]]) -> list[tuple[str, str | UploadFile]]:
    """The same with its names and texts as they were meant.

    Raises:
        RequestValidationError: a text is not UTF-8.
    """
    # A name in another encoding is none that is known, and refused as such.
    return [
        (
            known := name.encode(BYTES, errors="replace").decode(errors="replace"),
            value if isinstance(value, UploadFile) else _text(known, value),
        )
        for name, value in items
    ]


def _text(name: str, value: str) -> str:
    try:
        return value.encode(BYTES).decode()
    except UnicodeError:
        raise _misread("not_utf8", name) from None


def _misread(kind: str, name: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": (BODY,) if name == BODY else (BODY, name)}])


def _check_announced_length(request: Request, bytes_max: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bytes_max:
        raise BodyTooLongError


class _Limited:
    """Hands on what arrives until it is too much."""

    def __init__(self, request: Request, bytes_max: int) -> None:
        self._request = request
        self._left = bytes_max

    async def receive(self) -> Message:
        message = await self._request.receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLongError
        return message
