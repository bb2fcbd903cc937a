"""What the interface takes and gives for several cases at once, field by field."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.routing.api.schemas import Body, UnitId, WithWords
from services.routing.api.versions import MOVED_ON, VERSION_MAX, WHATEVER
from services.routing.handlers.acts import Given
from services.routing.handlers.bulk import CASES_MAX, Chosen


def _version(written: Any) -> int | None:
    """The version as a program names it in a body."""
    if written == WHATEVER:
        return None
    if type(written) is not int or not 1 <= written <= VERSION_MAX:
        raise PydanticCustomError("version_not_known", "no version")
    return written


Version = Annotated[
    int | None,
    BeforeValidator(_version),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": VERSION_MAX}, {"const": WHATEVER}]}),
]


class CaseChosen(Body):
    """A case, and what it was when it was looked at."""

    id: UUID
    version: Version = Field(description="The `version` that it was read with; `*` for whatever it is now.")


class SeveralCases(WithWords):
    """The cases, and what is said of each."""

    cases: list[CaseChosen] = Field(min_length=1, max_length=CASES_MAX, description="Each once.")

    def chosen(self) -> list[Chosen]:
        """The cases as the act takes them."""
        return [Chosen(case_id=each.id, version=each.version) for each in self.cases]

    def repeated(self) -> list[int]:
        """Where a case stands that stood there before: which version of it was looked at would be a guess."""
        ids = [each.id for each in self.cases]
        return [number for number, case_id in enumerate(ids) if case_id in ids[:number]]

    def given_to_each(self) -> Given:
        """What comes with each act."""
        return Given(words=self.words)


class SeveralCasesToUnit(SeveralCases):
    """The cases, the unit that gets them, and why."""

    unit: UnitId = Field(description="Id of a unit; a case that can not go there says so for itself.")

    def given_to_each(self) -> Given:
        """What comes with each act."""
        return Given(words=self.words, unit=self.unit)


class CaseAnswered(BaseModel):
    """What came of one case: `status` and `problem` are what it would have been answered alone."""

    id: UUID
    status: int = Field(description="204 where it was done.")
    problem: Annotated[Mapping[str, Any] | None, WithJsonSchema(MOVED_ON)] = Field(
        default=None, description="Only where it was not."
    )


class SeveralAnswered(BaseModel):
    """What came of each case, in the order in which they were sent."""

    done: int
    refused: int
    results: Sequence[CaseAnswered]
