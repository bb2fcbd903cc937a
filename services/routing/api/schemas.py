"""What the interface takes and gives, field by field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Status
from services.routing.domain.words import LENGTH_MAX, cleaned, fault_in
from shared.contracts.routing import Clock


def _printable(words: str) -> str:
    if fault_in(words := cleaned(words)) is not None:
        message = f"must hold 1 to {LENGTH_MAX} printable characters"
        raise ValueError(message)
    return words


Words = Annotated[str, AfterValidator(_printable)]


class Asked(BaseModel):
    """A body; a field that nobody reads is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Credentials(Asked):
    """Who signs in."""

    account: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
    password: Annotated[str, Field(max_length=200)] = Field(repr=False)


class Act(Asked):
    """An act on a case; which of the fields it takes depends on the act."""

    words: Words | None = Field(default=None, repr=False)
    unit: Annotated[str, Field(max_length=64)] | None = None
    units: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        default=(), max_length=20, description="Whom a whistle calls."
    )


class Session(BaseModel):
    """A session that has begun: send the token as `Authorization: Bearer`."""

    token: str = Field(repr=False)
    expires_at: datetime


class CaseShown(BaseModel):
    """A case as the inbox has it. Words are none when the reporter was erased."""

    id: UUID
    number: str
    status: Status
    unit: str | None
    place: str
    area: str
    category: str | None
    urgent: bool
    opened_at: datetime
    clock: Clock | None
    due_at: datetime | None
    words: str | None


class CasesShown(BaseModel):
    """One page of a filter, and how many there are in all."""

    total: int
    page: int
    cases: Sequence[CaseShown]


class PartInFull(BaseModel):
    """A unit that was called to the case, and how far its task has come."""

    unit: str
    called_by: str
    state: PartState
    report_by: datetime | None
    reported_at: datetime | None
    late: bool


class CaseInFull(BaseModel):
    """One case; `acts` are those that it would not refuse you now."""

    id: UUID
    version: int
    number: str
    status: Status
    unit: str | None
    place: str
    area: str
    category: str | None
    urgent: bool
    history: bool
    rule: str | None
    accept_by: datetime | None
    resolve_by: datetime | None
    words: str | None
    parts: Sequence[PartInFull] = Field(description="The joint work: who was called by a whistle.")
    acts: Sequence[str]
