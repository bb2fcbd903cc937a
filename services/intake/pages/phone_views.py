"""What the phone desk's pages show, as plain values; templates read nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.progress import Step
from services.intake.pages.views import CategoryChoice
from shared.contracts.directory import Name
from shared.web.forms import EMPTY_FORM, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who is signed in, by account: names are sealed for the desk."""

    name: str
    unit_name: Name
    admin: bool = False
    takes_calls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """A place, and the areas that it lies in from the smallest."""

    code: str
    name: Name
    areas: Sequence[Name]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSearchPage:
    """`phone_desk.html`: where is it? The field is `q`, of places alone, since an address is no place for more."""

    staff: Staff
    asked: str
    asked_max: int
    places: Sequence[PlaceShown] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicketShown:
    """What is reported of the place already."""

    id: UUID
    number: str
    opened_at: datetime
    step: Step
    unit_name: Name | None = None
    category_name: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneReportPage:
    """`phone_report.html`: fields text, stated_urgency, phone, name, category; form_token."""

    staff: Staff
    place: PlaceShown
    address: str
    form_token: str
    categories: Sequence[CategoryChoice]
    already: Sequence[OpenTicketShown] = ()
    form: Form = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDownPage:
    """`phone_taken.html`: the number, to be read to the caller."""

    staff: Staff
    id: UUID
    number: str
    place_name: Name
    has_phone: bool
