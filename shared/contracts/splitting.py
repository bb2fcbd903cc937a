"""Events of a report that holds two troubles (拆分): the second becomes a ticket, and a case, of its own."""

from uuid import UUID

from pydantic import Field

from shared.contracts.case import CaseEvent
from shared.contracts.envelope import Sealed


class CaseSplit(CaseEvent):
    """Its report tells of a second trouble (拆分): intake opens a ticket for that one, of the same reporter."""

    other: UUID = Field(description="Id of the ticket and the case that the second trouble becomes.")
    unit: str | None = Field(description="Who has this case; none while nobody does.")
    by: str
    words: Sealed = Field(description="The second trouble alone, as staff put it.")
    category: str | None = Field(default=None, description="As staff chose it; none where the rules are to say.")
