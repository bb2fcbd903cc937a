"""What comes in, taken apart field by field."""

import codecs
import json
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.intake.api.schemas import TicketBody
from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError, UnsupportedBodyError
from shared.kernel.bodies import check_characters, repeated_names

FIELD_NAME_CHARACTERS_MAX = 64
FORM, JSON = "multipart/form-data", "application/json"

# Kinds of pydantic's errors that mean more than "not text" to the caller.
FAULTS = {"missing": Fault.REQUIRED, "extra_forbidden": Fault.UNKNOWN_FIELD, "json_invalid": Fault.NOT_JSON}


@dataclass(frozen=True, slots=True)
class FormBody:
    """A multipart report."""

    fields: dict[str, str]
    photos: Sequence[UploadFile]


def is_multipart(request: Request) -> bool:
    """Whether photos may come with it.

    Raises:
        UnsupportedBodyError: it is neither such a form nor JSON.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == FORM:
        return True
    if media_type == JSON or (media_type.startswith("application/") and media_type.endswith("+json")):
        return False
    raise UnsupportedBodyError


def ticket_body(body: bytes) -> TicketBody:
    """A JSON report.

    Raises:
        RefusedFieldsError, RequestValidationError: with every field that is not as it must be.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        found = TicketBody.model_validate_json(body)
    except ValidationError as error:
        check_characters(body)
        raise RefusedFieldsError(_refusals(error)) from None
    if repeated := repeated_names(body):
        raise RefusedFieldsError([Refusal(_shown(name), Fault.TWICE) for name in repeated])
    return found


def form_body(form: FormData, *, photos_field: str = "photos") -> FormBody:
    """A multipart report, its fields by name.

    Raises:
        RefusedFieldsError: a file stands where text should, or text where a photo should; a text stands twice.
    """
    fields: dict[str, str] = {}
    photos: list[UploadFile] = []
    for name, value in form.multi_items():
        if (name == photos_field) != isinstance(value, UploadFile):
            raise RefusedFieldsError([Refusal(_shown(name), _misplaced(name))])
        # A browser that has no photo to send sends an empty file all the same.
        if isinstance(value, UploadFile):
            photos.extend([value] if value.filename or value.size else [])
        elif name in fields:
            raise RefusedFieldsError([Refusal(_shown(name), Fault.TWICE)])
        else:
            fields[name] = value
    return FormBody(fields, photos)


def _misplaced(name: str) -> Fault:
    """Text in the place of a photo, or a file in that of a text or of nothing known."""
    known = name in TicketBody.model_fields
    return Fault.NOT_TEXT if known else (Fault.NOT_A_PHOTO if name == "photos" else Fault.UNKNOWN_FIELD)


def ticket_body_of_form(fields: dict[str, str]) -> TicketBody:
    """The same report as JSON would give.

    Raises:
        RefusedFieldsError: with every field that is not as it must be.
    """
    return ticket_body(json.dumps(fields).encode())


def _refusals(error: ValidationError) -> list[Refusal]:
    found = [
        Refusal(_shown(".".join(map(str, each["loc"]))) or "body", FAULTS.get(each["type"], Fault.NOT_TEXT))
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    # A body that is an array or a number has no field at fault.
    return [Refusal("body", Fault.NOT_JSON) if each.field == "body" else each for each in found]


def _shown(name: str) -> str:
    return name[:FIELD_NAME_CHARACTERS_MAX]
