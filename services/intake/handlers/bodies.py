"""What comes in is read no further than it may be long."""

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.types import Message

from services.intake.domain.errors import BodyTooLargeError, Fault, Refusal, RefusedFieldsError

FIELD_BYTES_MAX = 256 * 1024
# Beyond these the request is no report at all; what is merely too much is refused by name later.
FILES_MAX = 20
FIELDS_MAX = 20


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLargeError: it is longer; the rest was not read.
    """
    _check_announced_length(request, bytes_max)
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > bytes_max:
            raise BodyTooLargeError
        chunks.append(chunk)
    return b"".join(chunks)


async def read_form(request: Request, *, bytes_max: int) -> FormData:
    """The form; close it when its files are no longer needed.

    Raises:
        BodyTooLargeError: it is longer; the rest was not read.
        RefusedFieldsError: it is no form.
    """
    _check_announced_length(request, bytes_max)
    limited = Request(request.scope, _Limited(request, bytes_max).receive)
    try:
        return await limited.form(max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=FIELD_BYTES_MAX)
    except HTTPException:
        raise RefusedFieldsError([Refusal("body", Fault.NOT_A_FORM)]) from None


def _check_announced_length(request: Request, bytes_max: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bytes_max:
        raise BodyTooLargeError


class _Limited:
    """Hands on what arrives until it is too much."""

    def __init__(self, request: Request, bytes_max: int) -> None:
        self._request = request
        self._left = bytes_max

    async def receive(self) -> Message:
        message = await self._request.receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLargeError
        return message
