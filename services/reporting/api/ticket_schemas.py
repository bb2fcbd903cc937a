"""The tickets behind a figure as JSON, and those by which a published one is another now."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.reporting.api.schemas import Told
from services.reporting.domain.behind import Page, cursor_of
from services.reporting.domain.definition import Side
from services.reporting.queries.behind import Opening


class TicketTold(Told):
    """One thing that counts, and its ticket; a ticket that counts several times stands there as often."""

    ticket: UUID
    number: str | None
    at: datetime = Field(description="The moment that places it in the period; for what stands open, since when.")
    minutes: float | None = Field(
        description="How long it took, where the figure is of that: a first response in working minutes."
    )
    unit: str | None
    place: str | None
    area: str | None
    category: str | None
    channel: str | None
    urgency: str | None


class TicketsTold(Told):
    """The tickets behind a figure, a page of them."""

    figure: str
    of: Side
    as_of: datetime = Field(description="The period's end, or when the first page was asked for while it still runs.")
    total: int = Field(description="How many there are on all pages: the number that the figure says.")
    seen: int = Field(description="How many of them you may read; those alone are listed.")
    tickets: tuple[TicketTold, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last.")

    @classmethod
    def of_page(cls, opening: Opening, page: Page) -> "TicketsTold":
        """The page as JSON has it."""
        return cls(
            figure=opening.figure.id,
            of=opening.side,
            as_of=page.as_of,
            total=page.total,
            seen=page.seen,
            tickets=tuple(TicketTold.model_validate(row) for row in page.rows),
            next=cursor_of(page.next) if page.next else None,
        )


class CorrectedTicketTold(Told):
    """A ticket that counts now and did not when the month was published, or the other way round."""

    ticket: UUID
    change: Literal["added", "removed"]


class CorrectedTicketsTold(Told):
    """The tickets by which one side of a published figure is not what it was."""

    figure: str
    of: Side
    tickets: tuple[CorrectedTicketTold, ...]
