"""What a request brings, and nothing that nobody reads: a JSON body no longer than it may be, known query parameters.

What is misspelt or doubled is nearly always a mistake, and passed over in silence it makes a wrong answer.
"""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from shared.kernel.description import schema_of
from shared.kernel.misread import BODY

BYTES_MAX = 64 * 1024
NOTHING = b"{}"
# What an escape such as `\ud800` without its other half makes.
HALF_A_PAIR = re.compile("[\ud800-\udfff]")

Model = TypeVar("Model", bound=BaseModel)


def json_of(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """What reads the body of a request as this model; no body is an empty object.

    Raises (when called):
        HTTPException: 413, it is longer than 64 KB; 415, it says that it is something else.
        RequestValidationError: with each field that is not as it must be.
    """

    async def read(request: Request) -> Model:
        body = await _limited(request)
        if body and not _may_be_json(request):
            raise HTTPException(415)
        try:
            found = model.model_validate_json(body or NOTHING)
        except ValidationError as error:
            check_characters(body)
            raise _misread(*error.errors(include_url=False, include_input=False)) from None
        if repeated := repeated_names(body or NOTHING):
            raise _misread(*({"type": "repeated", "loc": (name,)} for name in repeated))
        return found

    return read


def repeated_names(body: bytes) -> list[str]:
    """Names that stand twice in a JSON object of plain fields, of which parsers keep one and say nothing."""
    pairs: list[tuple[str, Any]] = json.loads(body, object_pairs_hook=list)
    if len(dict(pairs)) == len(pairs):
        return []
    return [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]


def check_characters(body: bytes) -> None:
    """Name the fields of a JSON object that hold half a character, of which a parser says only that it is no JSON.

    Raises:
        RequestValidationError: with each of these fields.
    """
    try:
        fields = json.loads(body)
        values = {name: json.dumps(value, ensure_ascii=False) for name, value in fields.items()}
    except (ValueError, AttributeError, RecursionError):
        # No object at all, which the caller says.
        return
    wrong = [name for name, value in values.items() if HALF_A_PAIR.search(value) and not HALF_A_PAIR.search(name)]
    if wrong:
        raise _misread(*({"type": "not_a_character", "loc": (name,)} for name in wrong))


def only_query(*names: str) -> Any:
    """A dependency that refuses a query parameter of any other name, and one that stands twice.

    Raises (when called):
        RequestValidationError: with each that nobody reads, or that stands twice.
    """

    # Were it no coroutine, the framework would give it to a thread.
    async def check(request: Request) -> None:
        check_query(request, *names)

    return Depends(check)


def check_query(request: Request, *names: str) -> None:
    """The same where a dependency would cost too much.

    Raises:
        RequestValidationError: with each that nobody reads, or that stands twice.
    """
    if not request.scope["query_string"]:
        return
    given = Counter(name for name, _ in request.query_params.multi_items())
    wrong = [("extra_forbidden", name) for name in given if name not in names]
    wrong += [("repeated", name) for name in names if given[name] > 1]
    if wrong:
        raise RequestValidationError([{"type": kind, "loc": ("query", name)} for kind, name in wrong])


def described(
    model: type[BaseModel], *, required: bool = True, example: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """How an operation that reads so is described."""
    content: dict[str, Any] = {"schema": schema_of(model)}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": required, "content": {"application/json": content}}}


async def _limited(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BYTES_MAX:
            raise HTTPException(413)
    return bytes(body)


def _may_be_json(request: Request) -> bool:
    """Who says nothing sends JSON; who says something else has made a mistake, such as a client's default."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return not media_type or media_type == "application/json" or media_type.endswith("+json")


def _misread(*errors: Any) -> RequestValidationError:
    return RequestValidationError([{**each, "loc": (BODY, *each["loc"])} for each in errors])
