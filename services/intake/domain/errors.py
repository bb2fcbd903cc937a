"""What intake refuses, in words for the one who asked; each knows its HTTP status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class IntakeError(Exception):
    """Intake refuses this."""

    status: ClassVar[int] = 422

    @classmethod
    def title(cls) -> str:
        """What the docstring says, in one line."""
        return " ".join((cls.__doc__ or "").split())

    @property
    def headers(self) -> dict[str, str]:
        """What a refusal tells the caller's HTTP client."""
        return {}

    def __str__(self) -> str:
        """The docstring is the message; an argument, never personal, is added to it."""
        return " ".join([self.title(), *map(str, self.args)])


class Fault(StrEnum):
    """What can be wrong with one field."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_PRINTABLE = "not_printable"
    NOT_TEXT = "not_text"
    NOT_ASCII = "not_ascii"
    TWICE = "twice"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_CHOICE = "not_a_choice"
    NOT_AN_URGENCY = "not_an_urgency"
    NOT_A_PHOTO = "not_a_photo"
    PHOTO_TOO_LARGE = "photo_too_large"
    TOO_MANY_PHOTOS = "too_many_photos"
    UNKNOWN_FIELD = "unknown_field"
    NOT_JSON = "not_json"
    NOT_A_FORM = "not_a_form"
    PARTNERS_ONLY = "partners_only"
    TOO_SHORT = "too_short"
    NOT_A_DATE = "not_a_date"
    NOT_IN_ORDER = "not_in_order"
    UNKNOWN_PLACE = "unknown_place"
    RETIRED_PLACE = "retired_place"
    UNKNOWN_UNIT = "unknown_unit"
    IN_FUTURE = "in_future"
    NOT_CLOSED = "not_closed"
    NOT_A_LIST = "not_a_list"
    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    REPEATED = "repeated"
    COLUMN_REPEATED = "column_repeated"


# Fault -> the reason, and what to do about it. `{limit}` is the field's own.
WORDS: dict[Fault, tuple[str, str]] = {
    Fault.REQUIRED: ("is missing or empty", "Give it."),
    Fault.TOO_LONG: ("is longer than {limit} characters", "Shorten it to {limit} characters."),
    Fault.NOT_PRINTABLE: ("holds control characters", "Take them out; line breaks and tabs may stay."),
    Fault.NOT_ASCII: ("holds other than printable ASCII", "Take a random UUID, for one."),
    Fault.TWICE: ("stands there more than once", "Give it once."),
    Fault.NOT_TEXT: ("is not text", "Send a JSON string."),
    Fault.NOT_A_PHONE: (
        "is no phone at which a person can be reached from here",
        "Give a mobile or a landline of China, or of a country that the district names, or leave it out.",
    ),
    Fault.NOT_A_CHOICE: ("is none of the choices", "Take one that the place offers, or leave it out."),
    Fault.NOT_AN_URGENCY: ("is neither urgent nor normal", "Send one of the two, or leave it out where nobody said."),
    Fault.NOT_A_PHOTO: ("is not a photo that we can read", "Send JPEG, PNG or WebP."),
    Fault.PHOTO_TOO_LARGE: ("is larger than {limit} MB", "Make it smaller."),
    Fault.TOO_MANY_PHOTOS: ("are more than {limit}", "Send at most {limit}."),
    Fault.UNKNOWN_FIELD: ("is not a field of this operation", "Leave it out, or correct its name."),
    Fault.NOT_JSON: ("is not a JSON object", "Write one JSON object in UTF-8."),
    Fault.NOT_A_FORM: ("is not a multipart form", "Send it as your HTTP library makes it."),
    Fault.PARTNERS_ONLY: ("is for partner systems only", "Leave it out, or send your API key."),
    Fault.TOO_SHORT: ("is shorter than {limit} characters", "Take a random one of at least {limit} characters."),
    Fault.NOT_A_DATE: ("is no date that the mapping knows", "Correct it, or add its format to the mapping."),
    Fault.NOT_IN_ORDER: ("lies before the step that it follows", "Correct the dates."),
    Fault.UNKNOWN_PLACE: ("is no place that we know", "Check the code on the sticker."),
    Fault.UNKNOWN_UNIT: ("is no unit that we know", "Correct it, or leave it out; the rules then name one."),
    Fault.IN_FUTURE: ("lies in the future", "Correct it; only what has happened is history."),
    Fault.NOT_CLOSED: ("is given for a ticket that was not closed", "Give closed_at, or leave the rating out."),
    Fault.NOT_A_LIST: ("is not a list of notes with at and text", "Correct it, or leave it out."),
    Fault.TOO_FEW_COLUMNS: ("has fewer columns than the head", "Look for a missing separator or quotation mark."),
    Fault.TOO_MANY_COLUMNS: ("has more columns than the head", "Look for a stray separator or quotation mark."),
    Fault.COLUMN_REPEATED: ("names a column twice", "Give each column a name of its own."),
    Fault.REPEATED: ("stood in this file before", "Keep one of the lines."),
    Fault.RETIRED_PLACE: ("is no longer in use", "Take the code of the new sticker nearby."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One field and its fault; the value itself is never repeated."""

    field: str
    fault: Fault
    limit: int | None = None

    @property
    def reason(self) -> str:
        """What is wrong."""
        return WORDS[self.fault][0].format(limit=self.limit)

    @property
    def remedy(self) -> str:
        """What to do."""
        return WORDS[self.fault][1].format(limit=self.limit)


class RefusedFieldsError(IntakeError):
    """Some fields can not be taken as they are; nothing was done."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__()
        self.refusals = tuple(refusals)


class UnknownPlaceError(IntakeError):
    """No place has this code; check the code on the sticker."""

    status = 404


class RetiredPlaceError(IntakeError):
    """This place's code is no longer in use; scan the new sticker nearby."""

    status = 410


class UnknownTicketError(IntakeError):
    """There is no such ticket, or it is not yours to see."""

    status = 404


class BodyTooLargeError(IntakeError):
    """The request is larger than this operation takes; shorten it, or send fewer or smaller photos."""

    status = 413


class UnsupportedBodyError(IntakeError):
    """A report is JSON (`application/json`) or a form with photos (`multipart/form-data`)."""

    status = 415


class FromAnotherSiteError(IntakeError):
    """A page of another site sent this; report on our own page, or with an API key."""

    status = 403


class NotAtThePhoneError(IntakeError):
    """Your role takes down no reports by telephone."""

    status = 403


class TooManyRequestsError(IntakeError):
    """Too many requests came from here within a short time; nothing was done. Try again later."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.retry_after_s)}


class ApiKeyNotValidError(IntakeError):
    """The API key is wrong or was revoked; ask the district for a new one."""

    status = 401

    @property
    def headers(self) -> dict[str, str]:
        """How one signs in here."""
        return {"WWW-Authenticate": 'Bearer realm="yima"'}


class ScopeMissingError(IntakeError):
    """The API key does not have the scope that this operation needs."""

    status = 403


class TrapFilledError(IntakeError):
    """A field was filled that no person sees; nothing was done. Reload the page and leave hidden fields empty."""


class NotClosedYetError(IntakeError):
    """The ticket is not closed yet, so it can not be rated."""

    status = 409


class AlreadyRatedError(IntakeError):
    """The ticket has been rated; a rating is given once."""

    status = 409


class NotResolvedYetError(IntakeError):
    """Nobody has said yet that it is fixed, so there is nothing to dispute."""

    status = 409


class AlreadyDisputedError(IntakeError):
    """The reporter's words have reached us; the case is handled anew."""

    status = 409


class AlreadyWithdrawnError(IntakeError):
    """The reporter has withdrawn this ticket; report it anew if the trouble is back."""

    status = 409


class WithdrawTooLateError(IntakeError):
    """Somebody has said that it is fixed, so there is nothing to withdraw any more; say so if it is not."""

    status = 409


class DisputeTooLateError(IntakeError):
    """It was closed too long ago to be reopened; please report it anew."""

    status = 409


class AlreadyOpenedError(IntakeError):
    """The ticket has been opened before."""

    status = 409


class ImportFileUnreadableError(IntakeError):
    """The file can not be read: give CSV in UTF-8 or GB18030, XLSX, or JSON Lines, with its head in the first line."""


class ImportFileEmptyError(IntakeError):
    """There is nothing in the file; check that it is the right one, or export it again."""


class ImportSeparatorError(IntakeError):
    """The file's columns are separated by tabs or semicolons; save it as CSV with commas."""


class ImportColumnsAbsentError(IntakeError):
    """The file's head lacks columns that are to be read; say in the mapping file which column is which field."""

    def __init__(self, absent: Mapping[str, Sequence[str]], columns: Sequence[str]) -> None:
        super().__init__()
        self.absent = absent
        self.columns = columns


class ImportFileDamagedError(IntakeError):
    """The file is UTF-8, but a character is damaged; mend the line, or export the file again."""


class ColumnRepeatedError(IntakeError):
    """Two columns of the file have the same name; give each its own."""


class MappingEmptyError(IntakeError):
    """The mapping file says nothing; name the file's column for each field, or leave the mapping out."""


class MappingNotValidError(IntakeError):
    """The mapping file does not say which column is which field; see the example beside it."""
