"""Event of routing about who is awaited: by a new edition that unit is gone, or the place another one's (辖区调整)."""

from pydantic import Field

from shared.contracts.case import About, CaseEvent, Clock, Matter
from shared.contracts.envelope import Instant


class AwaitedUnitReplaced(CaseEvent):
    """Who was to verify it, or to answer a question, has its place no more: another unit does, with a fresh clock."""

    clock: Clock = Field(description="What is awaited: `verify` or `answer`.")
    from_unit: str
    to_unit: str = Field(description="Who is awaited from now on, sees the case, and is told.")
    asked_by: str | None = Field(default=None, description="Of an answer: whose question waits.")
    about: About | None = Field(default=None, description="Of an answer: what that unit asks.")
    matter: Matter
    observed_until: Instant | None = Field(default=None, description="Not verified before, where that is still ahead.")
    deadline: Instant | None = Field(default=None, description="By when; none where no clock runs.")
    warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
