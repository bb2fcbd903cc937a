"""Events of cases that tell of the same trouble (并案): one is worked on, and the others follow it."""

from uuid import UUID

from pydantic import Field

from shared.contracts.case import CaseEvent, Deadlines, Matter


class CaseMerged(CaseEvent):
    """It tells of the same trouble as another case (并案): from now on that one is worked on, and this follows it."""

    into: UUID = Field(description="The case that is worked on.")
    into_number: str
    unit: str | None = Field(description="Who has that case; none while nobody does.")
    from_unit: str | None = Field(default=None, description="Who had this one until now; none where nobody did.")
    by: str
    matter: Matter
    deadlines: Deadlines = Field(
        default=Deadlines(), description="What this one is judged by: the earlier of both cases' resolve deadlines."
    )


class CaseJoined(CaseEvent):
    """Another case that tells of the same trouble was merged into this one."""

    duplicate: UUID
    duplicate_number: str
    duplicates: int = Field(ge=1, description="How many are merged into this case now.")
    unit: str | None = Field(description="Who has this case; none while nobody does.")
    by: str
    matter: Matter


class CaseLeft(CaseEvent):
    """A case that was merged into this one was withdrawn by its reporter, and follows it no more."""

    duplicate: UUID
    duplicate_number: str
    duplicates: int = Field(ge=0, description="How many are still merged into this case.")
