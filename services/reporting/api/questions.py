"""What is asked of the figures, as it stands in a query: each parameter once, whichever list it narrows."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.reporting.config import Config
from services.reporting.domain.behind import CURSOR_LENGTH_MAX, NO_NULL, cursor_in
from services.reporting.domain.definition import Side
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import DAY, Period
from services.reporting.domain.question import Question
from shared.contracts.directory import AreaLevel
from shared.contracts.intake import Channel
from shared.contracts.routing import Urgency

# So many rows are told at once, unless fewer are asked for.
TICKETS_MAX = 500
TICKETS_USUAL = 100


def _ours(written: str) -> str:
    try:
        cursor_in(written)
    except ValueError:
        raise PydanticCustomError("cursor_not_ours", "not a cursor") from None
    return written


def _written_as_day(written: object) -> object:
    """Moments and numbers, which would be taken for the day that they lie in, are none."""
    if isinstance(written, str) and DAY.fullmatch(written) is None:
        raise PydanticCustomError("no_day", "not a day")
    return written


Day = Annotated[date, BeforeValidator(_written_as_day)]
Code = Annotated[str, Field(max_length=100, pattern=NO_NULL)]
Cursor = Annotated[str, Field(max_length=CURSOR_LENGTH_MAX), AfterValidator(_ours)]


class PeriodQuery(BaseModel):
    """Which time."""

    model_config = ConfigDict(frozen=True)

    first_day: Day = Field(alias="from", description="First day, Asia/Shanghai.", examples=["2026-04-01"])
    day_after: Day = Field(alias="to", description="First day after the period.", examples=["2026-05-01"])

    def period(self, now: datetime, *, days_max: int) -> Period:
        """The time asked about.

        Raises:
            ReportingError: nothing can be told of it.
        """
        return Period(self.first_day, self.day_after).checked(now, days_max=days_max)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The parameters, as they stand in the query."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class CorrectionsQuery(PeriodQuery):
    """Which side of a published figure."""

    of: Side = Side.NUMERATOR


class NarrowedQuery(PeriodQuery):
    """Which time, and of all that counts in it only what all of these say."""

    tree: Tree = Tree.TODAY
    area: Annotated[str, Field(max_length=100)] | None = Field(default=None, description="Only what lies in this area.")
    category: Code | None = Field(default=None, description="Only this category, by its id.")
    unit: Code | None = Field(default=None, description="Only what counts for this unit.")
    channel: Channel | None = None
    urgency: Urgency | None = None

    def question(self, now: datetime, config: Config) -> Question:
        """What is to be told.

        Raises:
            ReportingError: nothing can be told of this time.
        """
        narrowing = self.model_dump(include={"tree", "area", "category", "unit", "channel", "urgency"})
        return Question(period=self.period(now, days_max=config.period_days_max), **narrowing)


class FiguresQuery(NarrowedQuery):
    """The figures, the whole and by group."""

    by: By | None = None
    level: AreaLevel = AreaLevel.COMMUNITY

    def question(self, now: datetime, config: Config) -> Question:
        """What is to be told, apart by what.

        Raises:
            ReportingError: nothing can be told of this time.
        """
        days_max = config.by_day_days_max if self.by is By.DAY else config.period_days_max
        narrowing = self.model_dump(exclude={"first_day", "day_after"})
        return Question(period=self.period(now, days_max=days_max), **narrowing)


class TicketsQuery(NarrowedQuery):
    """A page of the tickets behind a figure."""

    of: Side = Side.NUMERATOR
    after: Cursor | None = Field(default=None, description="`next` of a page.")
    limit: Annotated[int, Field(ge=1, le=TICKETS_MAX)] = TICKETS_USUAL
