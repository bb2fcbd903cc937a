"""What a form holds when it comes back: the words typed so far, and what is wrong, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a field; each is the key of its message, which also says what to do."""

    REQUIRED = "fault.required"
    TOO_LONG = "fault.too_long"
    TOO_SHORT = "fault.too_short"
    NOT_A_PHONE = "fault.not_a_phone"
    NOT_A_CHOICE = "fault.not_a_choice"
    NOT_A_CASE = "fault.not_a_case"
    NOT_PRINTABLE = "fault.not_printable"
    NOT_A_PHOTO = "fault.not_a_photo"
    PHOTO_TOO_LARGE = "fault.photo_too_large"
    TOO_MANY_PHOTOS = "fault.too_many_photos"
    PHOTOS_NOT_KEPT = "fault.photos_not_kept"
    WRONG_CREDENTIALS = "fault.wrong_credentials"
    NOT_EQUAL = "fault.not_equal"
    SAME_AS_BEFORE = "fault.same_as_before"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field's fault, with the numbers its message needs: `FieldFault(Fault.TOO_LONG, {"max": 2000})`."""

    fault: Fault
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: empty at first, as typed with its faults after a refusal."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, FieldFault] = field(default_factory=dict)


EMPTY_FORM = Form()
