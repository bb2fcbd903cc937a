"""What residents and partners send, with intake's own words for what is too long or no form."""

from fastapi import Request
from starlette.datastructures import FormData

from services.intake.domain.errors import BodyTooLargeError, Fault, Refusal, RefusedFieldsError
from shared.kernel import forms


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLargeError: it is longer; the rest was not read.
    """
    try:
        return await forms.read_body(request, bytes_max=bytes_max)
    except forms.BodyTooLongError:
        raise BodyTooLargeError from None


async def read_form(request: Request, *, bytes_max: int) -> FormData:
    """The form; close it when its files are no longer needed.

    Raises:
        BodyTooLargeError: it is longer; the rest was not read.
        RefusedFieldsError: it is no form.
        RequestValidationError: it holds too many fields, or text that is not UTF-8.
    """
    try:
        return await forms.read_form(request, bytes_max=bytes_max)
    except forms.BodyTooLongError:
        raise BodyTooLargeError from None
    except forms.NotAFormError:
        raise RefusedFieldsError([Refusal("body", Fault.NOT_A_FORM)]) from None
