"""What a posted form of the desk holds, read and checked field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from services.routing.adapters.photos import Picture
from services.routing.domain.case.extension import EXTENSION_DAYS_MAX
from services.routing.domain.errors.directory import UnitUnknownError
from services.routing.domain.errors.finishing import EvidenceMissingError
from services.routing.domain.errors.handling import CategoryUnknownError
from services.routing.domain.errors.merging import MergeTargetError
from services.routing.domain.permissions import Action
from services.routing.domain.words import LENGTH_MAX, WordsFault, cleaned, fault_in
from services.routing.handlers.acts import NONE, Given
from services.routing.handlers.evidence import PhotosFault, PhotosRefusedError, check_photos, redrawn
from services.routing.handlers.service import Routing
from services.routing.pages.follow_ups import ONCE, RHYTHMS
from services.routing.pages.views import OF_A_FOLLOW_UP, OF_A_UNIT, OF_UNITS
from shared.contracts.routing import FOLLOW_UP_DAYS_MAX
from shared.web.forms import Fault, FieldFault, Form

FORM_TOKEN_LENGTH_MAX = 100
WORDS = {
    Action.RETURN: "reason",
    Action.TRANSFER: "reason",
    Action.NOTE: "note",
    Action.REMIND: "words",
    Action.RESOLVE: "note",
    Action.VERIFY_PASS: "note",
    Action.VERIFY_FAIL: "reason",
    Action.WHISTLE: "task",
    Action.ENTRUST: "reason",
    Action.CONFER: "minutes",
    Action.TASK_DONE: "note",
    Action.TASK_DECLINE: "reason",
    Action.TASK_INSIST: "reason",
    Action.EXTEND: "reason",
    Action.EXTEND_REFUSE: "reason",
    Action.SUSPEND: "reason",
    Action.SUSPEND_REFUSE: "reason",
    Action.SPLIT: "other",
    Action.FOLLOW_UP: "task",
    Action.FOLLOW_UP_DONE: "note",
    Action.FOLLOW_UP_RECURRED: "note",
    Action.FOLLOW_UP_CANCEL: "reason",
}
OPTIONAL_WORDS = frozenset({Action.VERIFY_PASS, Action.ENTRUST})
# Beside the common task of a whistle, what one of its units is asked.
OWN_TASK = "task-"
# What is wrong with one field, to be said beside it.
OF_A_FIELD = (EvidenceMissingError, MergeTargetError, UnitUnknownError, CategoryUnknownError)
FAULTS = {
    WordsFault.REQUIRED: FieldFault(Fault.REQUIRED),
    WordsFault.TOO_LONG: FieldFault(Fault.TOO_LONG, {"max": LENGTH_MAX}),
    WordsFault.NOT_PRINTABLE: FieldFault(Fault.NOT_PRINTABLE),
}
PHOTOS_FAULTS = {
    PhotosFault.NOT_A_PHOTO: Fault.NOT_A_PHOTO,
    PhotosFault.PHOTO_TOO_LARGE: Fault.PHOTO_TOO_LARGE,
    PhotosFault.TOO_MANY_PHOTOS: Fault.TOO_MANY_PHOTOS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form's words, unit, category and photos, and what is wrong with them."""

    key: str
    version: int | None
    words: str = field(default="", repr=False)
    unit: str = ""
    units: tuple[str, ...] = ()
    category: str = ""
    own_tasks: Mapping[str, str] = field(default_factory=dict, repr=False)
    release: bool = False
    working_days: int = 0
    follow_up: UUID = NONE
    after_days: int = 0
    rhythm: str = ""
    into: str = ""
    evidence: tuple[Picture, ...] = ()
    faults: Mapping[str, FieldFault] = field(default_factory=dict)

    def given(self) -> Given:
        """What comes with the act."""
        return Given(
            words=self.words,
            unit=self.unit,
            units=[unit for unit in self.units if unit not in self.own_tasks],
            own_tasks=self.own_tasks,
            release=self.release,
            category=self.category,
            working_days=self.working_days,
            into=self.into,
            evidence=self.evidence,
            follow_up=self.follow_up,
            after_days=self.after_days,
            every_days=RHYTHMS.get(self.rhythm, ONCE)[0],
            times=RHYTHMS.get(self.rhythm, ONCE)[1],
        )

    def of_refused(self, action: Action, refusal: Exception) -> Form:
        """To be shown again: the case's rule asks for more, or there is no such unit, category or case to choose."""
        match refusal:
            case EvidenceMissingError(fields=fields):
                return Form({WORDS.get(action, ""): self.words}, dict.fromkeys(fields, FieldFault(Fault.REQUIRED)))
            case MergeTargetError():
                return Form({"into": self.into}, {"into": FieldFault(Fault.NOT_A_CASE)})
            case _:
                of_category = action in (Action.CATEGORISE, Action.SPLIT)
                name = "category" if of_category else "units" if action in OF_UNITS else "unit"
                return Form(self._typed(action), {name: FieldFault(Fault.NOT_A_CHOICE)})

    def as_typed(self, action: Action) -> Form:
        """To be shown again beside its faults."""
        chosen = {"unit": self.unit, "units": ",".join(self.units), "working_days": str(self.working_days or "")}
        chosen |= {"follow_up": str(self.follow_up), "after_days": str(self.after_days), "rhythm": self.rhythm}
        chosen |= {"into": self.into, "category": self.category}
        return Form({**self._typed(action), **chosen}, self.faults)

    def _typed(self, action: Action) -> dict[str, str]:
        own = {OWN_TASK + unit: task for unit, task in self.own_tasks.items()}
        return {WORDS.get(action, ""): self.words, "release": "yes" if self.release else "", **own}


def text_of(form: FormData, name: str) -> str:
    """A field's text; a file in its place counts as nothing."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def mark_of(form: FormData, name: str, *, length_max: int) -> str:
    """A field that is looked up as it stands: no longer than any is, without what no database takes."""
    return text_of(form, name).strip().replace("\0", "")[:length_max]


async def filled(service: Routing, form: FormData, action: Action) -> Filled:
    """Read the form of one act."""
    words, faults = _words(form, action)
    unit = text_of(form, "unit")
    units = tuple(each for each in form.getlist("units") if isinstance(each, str))
    own_tasks = _own_tasks(form, units) if action is Action.WHISTLE else {}
    faults |= _faulty_tasks(own_tasks)
    if action in OF_A_UNIT and not (units if action in OF_UNITS else unit):
        faults["units" if action in OF_UNITS else "unit"] = FieldFault(Fault.NOT_A_CHOICE)
    category = mark_of(form, "category", length_max=FORM_TOKEN_LENGTH_MAX)
    if action is Action.CATEGORISE and not category:
        faults["category"] = FieldFault(Fault.NOT_A_CHOICE)
    working_days = _days(text_of(form, "working_days"))
    if action in (Action.EXTEND, Action.SUSPEND) and not working_days:
        faults["working_days"] = FieldFault(Fault.NOT_A_CHOICE)
    follow_up, after_days = _follow_up_in(form, action, faults)
    into = mark_of(form, "into", length_max=FORM_TOKEN_LENGTH_MAX)
    if action is Action.MERGE and not into:
        faults["into"] = FieldFault(Fault.REQUIRED)
    evidence = await _evidence(service, form, faults)
    version = text_of(form, "version")
    return Filled(
        key=mark_of(form, "form_token", length_max=FORM_TOKEN_LENGTH_MAX),
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,
        words=words,
        unit=unit,
        units=units,
        category=category,
        own_tasks=own_tasks,
        release=text_of(form, "release") == "yes",
        working_days=working_days,
        follow_up=follow_up,
        after_days=after_days,
        rhythm=text_of(form, "rhythm"),
        into=into,
        evidence=evidence,
        faults=faults,
    )


def _own_tasks(form: FormData, units: Sequence[str]) -> dict[str, str]:
    """What single units of a whistle are asked in place of the common task."""
    tasks = {unit: cleaned(text_of(form, OWN_TASK + unit)) for unit in units}
    return {unit: task for unit, task in tasks.items() if fault_in(task) is not WordsFault.REQUIRED}


def _faulty_tasks(tasks: Mapping[str, str]) -> dict[str, FieldFault]:
    faults = {OWN_TASK + unit: fault_in(task) for unit, task in tasks.items()}
    return {name: FAULTS[fault] for name, fault in faults.items() if fault is not None}


def _follow_up_in(form: FormData, action: Action, faults: dict[str, FieldFault]) -> tuple[UUID, int]:
    """The follow-up that is meant, or in how many days a new one comes; what can not be meant becomes a fault."""
    after_days = _number(text_of(form, "after_days"), most=FOLLOW_UP_DAYS_MAX)
    if action is Action.FOLLOW_UP and not after_days:
        faults["after_days"] = FieldFault(Fault.NOT_A_CHOICE)
    if action is Action.FOLLOW_UP and text_of(form, "rhythm") not in RHYTHMS:
        faults["rhythm"] = FieldFault(Fault.NOT_A_CHOICE)
    follow_up = _id(text_of(form, "follow_up"))
    if action in OF_A_FOLLOW_UP and follow_up == NONE:
        faults["follow_up"] = FieldFault(Fault.NOT_A_CHOICE)
    return follow_up, after_days


def _number(written: str, *, most: int) -> int:
    """A whole number up to `most`; none where it is none, or more."""
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 4 else 0
    return number if number <= most else 0


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        return NONE


def _days(written: str) -> int:
    """So many working days; none where it is no number that may be asked for."""
    return _number(written, most=EXTENSION_DAYS_MAX)


def _words(form: FormData, action: Action) -> tuple[str, dict[str, FieldFault]]:
    name = WORDS.get(action)
    if name is None:
        return "", {}
    words = cleaned(text_of(form, name))
    fault = fault_in(words)
    if fault is None or (fault is WordsFault.REQUIRED and action in OPTIONAL_WORDS):
        return words, {}
    return words, {name: FAULTS[fault]}


async def _evidence(service: Routing, form: FormData, faults: dict[str, FieldFault]) -> tuple[Picture, ...]:
    """The photos; what can not be taken becomes a fault, and none is redrawn for a form that comes back anyway."""
    uploads = [each for each in form.getlist("photos") if isinstance(each, UploadFile) and each.size]
    try:
        check_photos(service, uploads)
        return () if faults else await redrawn(service, uploads)
    except PhotosRefusedError as refused:
        faults["photos"] = FieldFault(PHOTOS_FAULTS[refused.fault], {"max": refused.limit})
        return ()
