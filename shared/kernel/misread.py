"""What validation finds in a request, field by field, in our words: the framework's own speak of Python's types."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIELD_NAME_CHARACTERS_MAX = 64
BODY = "body"

NOT_JSON = ("is not a JSON object", "Write one JSON object in UTF-8.")
REPEATED = ("stands there more than once", "Give it once.")
NOT_A_FORM = ("is not a form that can be read", "Send it as your HTTP library makes it.")
NOT_UTF8 = ("is not UTF-8", "Send its text in UTF-8.")
TOO_MANY_FIELDS = ("holds too many fields or files", "Send only the fields of this operation, each once.")
NOT_TEXT = ("is not text", "Send a JSON string.")
NOT_A_LIST = ("is not a list", "Send a JSON list.")
NOT_A_NUMBER = ("is no whole number", "Send a whole number.")
NOT_AN_ID = ("is no id", "Send the id as you were given it, a UUID.")
NO_CHOICE = ("is none of the choices", "Give {expected}.")
ELSE = ("does not have the form that it must have", "Look at its description at /docs.")

# Kind of pydantic's error -> the reason, and what to do about it; what stands in braces is the error's own context.
WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("is missing", "Give it."),
    "blank": ("is missing or empty", "Give it."),
    "extra_forbidden": ("is not a field of this operation", "Leave it out, or correct its name."),
    "repeated": REPEATED,
    "not_utf8": NOT_UTF8,
    "too_many_fields": TOO_MANY_FIELDS,
    "not_a_character": ("holds a character that is none", "Write each character whole; a half of a pair is none."),
    "json_invalid": NOT_JSON,
    "json_type": NOT_JSON,
    "dict_type": NOT_JSON,
    "model_type": NOT_JSON,
    "model_attributes_type": NOT_JSON,
    "string_type": NOT_TEXT,
    "string_unicode": NOT_TEXT,
    "string_too_long": ("is longer than {max_length} characters", "Shorten it to {max_length} characters."),
    "string_too_short": ("is shorter than {min_length} characters", "Give at least {min_length}."),
    "not_printable": ("holds control characters", "Take them out; line breaks and tabs may stay."),
    "list_type": NOT_A_LIST,
    "tuple_type": NOT_A_LIST,
    "too_long": ("holds more than {max_length}", "Send at most {max_length}."),
    "too_short": ("holds fewer than {min_length}", "Send at least {min_length}."),
    "int_type": NOT_A_NUMBER,
    "int_parsing": NOT_A_NUMBER,
    "int_parsing_size": NOT_A_NUMBER,
    "greater_than_equal": ("is less than {ge}", "Send {ge} or more."),
    "less_than_equal": ("is more than {le}", "Send {le} or less."),
    "uuid_type": NOT_AN_ID,
    "uuid_parsing": NOT_AN_ID,
    "literal_error": NO_CHOICE,
    "enum": NO_CHOICE,
    "not_a_form": NOT_A_FORM,
    "not_a_photo": ("is not a photo that we can read", "Send JPEG, PNG or WebP."),
    "photo_too_large": ("is larger than {limit} MB", "Make it smaller."),
    "too_many_photos": ("are more than {limit}", "Send at most {limit}."),
    "version_not_known": ("is no version of a case", 'Take the `version` that the case was read with, or "*".'),
    "cursor_not_ours": ("is no cursor of this list", "Take `next` or `previous` of a page; without one, the first."),
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field, and what to do. What somebody wrote there is never repeated."""

    field: str
    reason: str
    remedy: str


def fields_misread(errors: Sequence[Mapping[str, Any]]) -> Iterator[FieldProblem]:
    """One problem for each of pydantic's errors, whose places begin with where the value stood, such as `body`."""
    for error in errors:
        reason, remedy = WORDS.get(error["type"], ELSE)
        context = error.get("ctx", {})
        yield FieldProblem(_field(error), reason.format(**context), remedy.format(**context))


def _field(error: Mapping[str, Any]) -> str:
    source, *path = error["loc"]
    # What is no JSON has no fields; the place of the fault is a number of characters.
    if error["type"] == "json_invalid" or not path:
        return BODY
    name = ".".join(map(str, path))[:FIELD_NAME_CHARACTERS_MAX]
    return name.title() if source == "header" else name
