"""A page's form as it was sent, with or without photos."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile

from services.intake.domain.errors import TrapFilledError
from services.intake.handlers.bodies import read_form
from shared.kernel.misread import BODY
from shared.web.security import FORM_FIELD

PHOTOS_FIELD = "photos"
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field.
# As long as what our pages make.
TOKEN_CHARACTERS_MIN = 32
TOKEN_CHARACTERS_MAX = 100
FORM_BYTES_MAX = 128 * 1024


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a person sent."""

    form: FormData

    def get(self, name: str) -> str:
        """What was typed, empty where nothing was."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    @property
    def form_token(self) -> str:
        """The page's random token, which makes a form that is sent twice count once.

        Raises:
            TrapFilledError: no page of ours sent this.
        """
        token = self.get(TOKEN_FIELD)
        if not TOKEN_CHARACTERS_MIN <= len(token) <= TOKEN_CHARACTERS_MAX or not token.isascii():
            raise TrapFilledError
        return token

    @property
    def photos(self) -> Sequence[UploadFile]:
        """The photos; a browser that has none to send sends an empty file all the same."""
        uploads = [value for value in self.form.getlist(PHOTOS_FIELD) if isinstance(value, UploadFile)]
        return [upload for upload in uploads if upload.filename or upload.size]


@asynccontextmanager
async def read_sent(request: Request, *fields: str, bytes_max: int = FORM_BYTES_MAX) -> AsyncIterator[SentForm]:
    """Read a form of these fields beside our own hidden ones, and let go of its files afterwards.

    Raises:
        BodyTooLargeError: it is larger than the page's form can be.
        RequestValidationError: it holds a field that is none of the form's, one of them twice, or not UTF-8.
    """
    form = await read_form(request, bytes_max=bytes_max)
    try:
        _check_names(form, {*fields, FORM_FIELD, TOKEN_FIELD})
        yield SentForm(form)
    finally:
        await form.close()


def _check_names(form: FormData, names: set[str]) -> None:
    given = Counter(name for name, _ in form.multi_items())
    wrong = [("extra_forbidden", name) for name in given if name not in names]
    wrong += [("repeated", name) for name in names - {PHOTOS_FIELD} if given[name] > 1]
    if wrong:
        raise RequestValidationError([{"type": kind, "loc": (BODY, name)} for kind, name in wrong])
