"""What an act brings: JSON, or a multipart form of the same fields where photos may come with it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from services.routing.adapters.photos import Picture
from services.routing.api.schemas import Body
from services.routing.handlers import Routing
from services.routing.handlers.evidence import PhotosRefusedError, check_photos, photos_bytes_max, redrawn
from shared.kernel.bodies import BYTES_MAX, check_query, described, json_of
from shared.kernel.description import schema_of
from shared.kernel.forms import BodyTooLongError, NotAFormError, read_form
from shared.kernel.misread import BODY

FORM = "multipart/form-data"
PHOTOS = "photos"
# Many units can have conferred, each in a field of its own.
FIELDS_MAX = 120


@dataclass(frozen=True, slots=True)
class Brought:
    """An act's fields and its photos."""

    body: Body
    evidence: tuple[Picture, ...] = ()


def brought(service: Routing, takes: type[Body], *, with_photos: bool) -> Callable[[Request], Awaitable[Brought]]:
    """What reads an act's body as this model; beside it the act takes nothing in its address.

    Raises (when called):
        HTTPException: 413, it is too long; 415, it is neither JSON nor a form that this act takes.
        RequestValidationError: with each field that is not as it must be.
    """
    read_json = json_of(takes)

    async def read(request: Request) -> Brought:
        check_query(request)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not with_photos or media_type != FORM:
            return Brought(await read_json(request))
        async with _form(service, request) as form:
            return await _of_form(service, takes, form)

    return read


def described_with_photos(
    takes: type[Body], *, photos_max: int, example: Mapping[str, Any], photos: Sequence[str]
) -> dict[str, Any]:
    """How an act is described that takes photos too."""
    extra = described(takes, example=example)
    schema = schema_of(takes)
    files = {"type": "array", "maxItems": photos_max, "items": {"type": "string", "format": "binary"}}
    with_photos = {**schema, "properties": {**schema["properties"], PHOTOS: files}}
    content = extra["requestBody"]["content"]
    content[FORM] = {"schema": with_photos, "example": {**example, PHOTOS: list(photos)}}
    return extra


@asynccontextmanager
async def _form(service: Routing, request: Request) -> AsyncIterator[FormData]:
    try:
        form = await read_form(request, bytes_max=photos_bytes_max(service) + BYTES_MAX, fields_max=FIELDS_MAX)
    except BodyTooLongError:
        raise HTTPException(413) from None
    except NotAFormError:
        _refuse("not_a_form")
    try:
        yield form
    finally:
        await form.close()


async def _of_form(service: Routing, takes: type[Body], form: FormData) -> Brought:
    fields = _fields(takes, form)
    try:
        body = takes.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**each, "loc": (BODY, *each["loc"])} for each in found]) from None
    uploads = [each for each in form.getlist(PHOTOS) if isinstance(each, UploadFile) and (each.filename or each.size)]
    try:
        check_photos(service, uploads)
        return Brought(body, await redrawn(service, uploads))
    except PhotosRefusedError as refused:
        _refuse(refused.fault, PHOTOS, limit=refused.limit)


def _fields(takes: type[Body], form: FormData) -> dict[str, str | list[str]]:
    """The texts by name as JSON has them: a list where the act takes one, which stands once for each of its members."""
    lists = {name for name, known in takes.model_fields.items() if get_origin(known.annotation) is tuple}
    fields: dict[str, Any] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            _check_is_photo(takes, name)
        elif name == PHOTOS:
            _refuse("not_a_photo", name)
        elif name in lists:
            fields.setdefault(name, []).append(value)
        elif name in fields:
            _refuse("repeated", name)
        else:
            fields[name] = value
    return fields


def _check_is_photo(takes: type[Body], name: str) -> None:
    if name != PHOTOS:
        _refuse("string_type" if name in takes.model_fields else "extra_forbidden", name)


def _refuse(kind: str, *names: str, **context: object) -> NoReturn:
    raise RequestValidationError([{"type": str(kind), "loc": (BODY, *names), "ctx": context}])
