"""What the interface gives of the district's editions, rules, people and taken-out contacts, field by field."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.routing.domain.editions import What
from shared.contracts.directory import Name, Role, Rule

DAYS_MAX = 366
EDITION_MAX = 999_999
PersonId = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", examples=["committee-lead-1"])]
RuleId = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", examples=["fire-lane"])]
EditionNumber = Annotated[int, Field(ge=1, le=EDITION_MAX, examples=[2])]


class Question(BaseModel):
    """The parameters of a query; one that nobody reads is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BetweenEditions(Question):
    """The two editions that are held against each other."""

    earlier: int | None = Field(
        default=None,
        alias="from",
        ge=0,
        le=EDITION_MAX,
        examples=[1],
        description="The edition before `to` where it is left out; 0 is before the first.",
    )
    later: int | None = Field(
        default=None, alias="to", ge=1, le=EDITION_MAX, examples=[2], description="The newest where it is left out."
    )


class Lately(Question):
    """The days that are counted."""

    days: int = Field(default=30, ge=1, le=DAYS_MAX, examples=[7], description="How many days up to now are counted.")


class EditionInFull(BaseModel):
    """One publication of the district."""

    edition: int
    published_at: datetime
    published_by: str | None = Field(description="As they called themselves; not known of the first ones.")
    file_sha256: str
    changed: int = Field(description="How many entries it has otherwise than the one before.")
    retired: int = Field(description="How many of these it has no more.")


class EditionsShown(BaseModel):
    """All publications, the newest first."""

    editions: Sequence[EditionInFull]


class FieldDifference(BaseModel):
    """One field of an entry, before and after, as the file would write it; both none where it is personal."""

    field: str
    before: str | None
    after: str | None


class DifferenceInFull(BaseModel):
    """One entry of the district that the later edition has otherwise than the earlier."""

    kind: str = Field(examples=["place"])
    id: str
    what: What = Field(description="A rule that was only moved is asked earlier or later than before.")
    name: Name | None
    fields: Sequence[FieldDifference]


class DifferencesShown(BaseModel):
    """What the later of two editions has otherwise than the earlier."""

    earlier: int
    later: int
    differences: Sequence[DifferenceInFull]


class RuleInFull(Rule):
    """One rule as the district file has it, its place among those that are asked, and how often it led lately."""

    place: int = Field(description="The first that matches decides.")
    hits: int = Field(description="How many reports of the days it led.")
    last_at: datetime | None = Field(description="When it led last, within the days.")


class RulesShown(BaseModel):
    """The rules in force, in the order in which they are asked."""

    edition: int
    days: int
    rules: Sequence[RuleInFull]


class SignedOutInFull(BaseModel):
    """By which admin somebody was signed out everywhere last, and when."""

    at: datetime
    by: str


class UserInFull(BaseModel):
    """One of the district's people; phones are in no answer."""

    id: str
    name: str = Field(description="Their id once they were erased.")
    role: Role
    unit: str
    first_password: bool | None = Field(
        description="Whether the first-use password still waits to be changed; none where they have no local account."
    )
    signed_in_at: datetime | None
    by_provider: bool = Field(description="Whether an identity provider let them in last.")
    sessions: int = Field(description="How many are open now.")
    signed_out: SignedOutInFull | None


class UsersShown(BaseModel):
    """The district's people, those of a unit together."""

    users: Sequence[UserInFull]


class AYear(Question):
    """The days that are looked at."""

    days: int = Field(default=DAYS_MAX, ge=1, le=DAYS_MAX, examples=[30], description="How many days up to now.")


class ContactExportInFull(BaseModel):
    """One time that somebody took reporters' contacts out of the platform, on record before the first was given."""

    id: UUID
    at: datetime
    person: str
    role: Role = Field(description="Theirs at that moment.")
    unit: str = Field(description="Theirs at that moment.")
    first_day: date = Field(description="Of the tickets that were asked for, in Asia/Shanghai.")
    last_day: date
    tickets: int = Field(description="How many were asked for; only contacts that the person may see were given.")
    reason: str = Field(description="What for, as they wrote it.")


class ContactExportsShown(BaseModel):
    """Who took contacts out, the newest first."""

    contact_exports: Sequence[ContactExportInFull]
