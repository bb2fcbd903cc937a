"""What a posted form of the duty page holds, read and checked field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.datastructures import FormData

from services.routing.domain.words import cleaned, fault_in
from services.routing.pages.forms import FAULTS, FORM_TOKEN_LENGTH_MAX, mark_of, text_of
from shared.web.forms import Fault, FieldFault, Form

ID_LENGTH_MAX = 100
# To the end of the turn that runs, or for so many hours.
TO_THE_END = "end"
HOURS = ("2", "4", "8", "12", "24")


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFilled:
    """A form's words, person, hours and turns, and what is wrong with them."""

    key: str
    words: str = field(repr=False)
    to: str = ""
    hours: str = ""
    turn: datetime | None = None
    other: datetime | None = None
    faults: Mapping[str, FieldFault] = field(default_factory=dict)

    def shown(self, faults: Mapping[str, FieldFault]) -> Form:
        """To be shown again beside what is wrong."""
        turns = {"turn": self.turn, "other": self.other}
        values = {name: turn.isoformat() for name, turn in turns.items() if turn}
        return Form({"note": self.words, "to": self.to, "hours": self.hours, **values}, faults)

    @property
    def hours_asked(self) -> int | None:
        """For how many hours; none to the turn's end."""
        return int(self.hours) if self.hours in HOURS else None


def handing_over(form: FormData) -> DutyFilled:
    """The form by which the duty is handed over."""
    to, hours = mark_of(form, "to", length_max=ID_LENGTH_MAX), text_of(form, "hours")
    faults = {} if to else {"to": FieldFault(Fault.REQUIRED)}
    if hours not in {TO_THE_END, *HOURS}:
        faults["hours"] = FieldFault(Fault.NOT_A_CHOICE if hours else Fault.REQUIRED)
    return replace(_filled(form, faults), to=to, hours=hours)


def swapping(form: FormData) -> DutyFilled:
    """The form by which a swap is asked for."""
    turn, other = _moment(text_of(form, "turn")), _moment(text_of(form, "other"))
    named = {"turn": turn, "other": other}
    faults = {name: FieldFault(Fault.REQUIRED) for name, at in named.items() if at is None}
    return replace(_filled(form, faults), turn=turn, other=other)


def answering(form: FormData, *, in_words: bool) -> DutyFilled:
    """The form by which a swap is answered or withdrawn."""
    return _filled(form, {}) if in_words else DutyFilled(key=_key(form), words="")


def _filled(form: FormData, faults: Mapping[str, FieldFault]) -> DutyFilled:
    words = cleaned(text_of(form, "note"))
    fault = fault_in(words)
    wrong = {**faults, **({"note": FAULTS[fault]} if fault else {})}
    return DutyFilled(key=_key(form), words=words, faults=wrong)


def _key(form: FormData) -> str:
    return mark_of(form, "form_token", length_max=FORM_TOKEN_LENGTH_MAX)


def _moment(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None
