"""Events of reports that their reporters withdrew (撤回): the case ends, or goes on for others who told of the same."""

from pydantic import Field

from shared.contracts.case import CaseEvent, Matter
from shared.contracts.envelope import Sealed


class CaseWithdrawn(CaseEvent):
    """Nobody wants it handled any more (撤回): it ends without being done, and nobody is asked about it."""

    unit: str | None = Field(description="Who has nothing more to do; none where nobody had it.")
    words: Sealed | None = Field(default=None, description="Why, where the reporter said so.")
    matter: Matter


class ReporterWithdrew(CaseEvent):
    """Its own reporter wants nothing more; it goes on for the cases that were merged into it, or to be verified."""

    unit: str | None = Field(description="Who has it; none while nobody does.")
    words: Sealed | None = Field(default=None, description="Why, where the reporter said so.")
    goes_on_for: int = Field(
        ge=0, description="How many cases are merged into it; none where done work is yet to be judged."
    )
