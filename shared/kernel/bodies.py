"""A JSON body, read no further than it may be long, so that too much of it is a problem like every other."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from shared.kernel.misread import BODY

BYTES_MAX = 64 * 1024
NOTHING = b"{}"

Model = TypeVar("Model", bound=BaseModel)


def json_of(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """What reads the body of a request as this model; no body is an empty object.

    Raises (when called):
        HTTPException: 413, it is longer than 64 KB.
        RequestValidationError: with each field that is not as it must be.
    """

    async def read(request: Request) -> Model:
        body = await _limited(request)
        try:
            return model.model_validate_json(body or NOTHING)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**each, "loc": (BODY, *each["loc"])} for each in found]) from None

    return read


def described(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """How an operation that reads so is described."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}


async def _limited(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BYTES_MAX:
            raise HTTPException(413)
    return bytes(body)
