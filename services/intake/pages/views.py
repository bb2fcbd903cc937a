"""What the residents' pages show, as plain values; templates read nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.intake.domain.progress import Step as Step
from shared.contracts.directory import Name
from shared.contracts.intake import Link, Rating
from shared.web.forms import EMPTY_FORM, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChoice:
    """A kind of trouble to choose."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """`report.html`: fields text, photos, category, phone, name; form_token; website, which only machines fill.

    `asks_whether_urgent` offers a box for the field stated_urgency. `scan` is the trace in which the page was made,
    where traces are recorded.
    """

    place_name: Name
    area_name: Name
    address: str
    form_token: str
    categories: Sequence[CategoryChoice]
    photos_max: int
    photo_megabytes_max: int
    asks_whether_urgent: bool = False
    form: Form = EMPTY_FORM
    scan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPage:
    """`reported.html`: the receipt."""

    number: str
    place_name: Name
    status_address: str
    has_phone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """A step that was reached, or, where its time is none, is still to come."""

    step: Step
    at: datetime | None = None
    unit_name: Name | None = None


class Said(StrEnum):
    """What the reporter has just told us, thanked for once."""

    RATED = "rated"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherShown:
    """Another trouble of the same report, or the same trouble at another time, and where it is followed."""

    number: str
    address: str
    link: Link = Link.SECOND_TROUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """`status.html`: steps in order, reached ones first. Forms post to `<address>/rating` (rating, rating_words),
    `<address>/not-fixed` (dispute_words) and `<address>/withdrawal` (withdraw_words), each with a hidden form_token.
    """

    address: str
    number: str
    place_name: Name
    category_name: Name | None
    text: str | None
    photo_count: int
    steps: Sequence[StepShown]
    deadline: datetime | None
    form_token: str
    observed_until: datetime | None = None
    follow_up_at: datetime | None = None
    others: Sequence[OtherShown] = ()
    may_rate: bool = False
    may_dispute: bool = False
    may_withdraw: bool = False
    rating: Rating | None = None
    said: Said | None = None
    rating_form: Form = EMPTY_FORM
    dispute_form: Form = EMPTY_FORM
    withdraw_form: Form = EMPTY_FORM

    @property
    def latest(self) -> StepShown:
        """The step it stands at."""
        return [step for step in self.steps if step.at][-1]
