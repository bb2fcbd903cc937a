"""The figures as JSON: every rate with what it is made of."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.domain.figures import Figures
from services.reporting.domain.grouping import By
from services.reporting.domain.rate import Rate
from services.reporting.queries import Answer, Group
from shared.contracts.directory import AreaLevel, Name


class Told(BaseModel):
    """A part of the answer."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class RateTold(Told):
    """A share of something counted."""

    numerator: int
    denominator: int
    per_cent: float | None = Field(description="Rounded half up to two places; null where the denominator is 0.")

    @classmethod
    def of(cls, rate: Rate) -> "RateTold":
        """The rate as JSON has it."""
        per_cent = rate.per_cent
        return cls(
            numerator=rate.numerator,
            denominator=rate.denominator,
            per_cent=None if per_cent is None else float(per_cent),
        )


class FirstResponseTold(Told):
    """Working minutes from opened to accepted."""

    count: int
    median_minutes: float | None
    p90_minutes: int | None


class BacklogTold(Told):
    """What is left at the period's end."""

    open: int
    overdue: int
    escalations: int


class FiguresTold(Told):
    """What supervisors are judged by."""

    received: int
    handling_rate: RateTold
    closing_rate: RateTold
    on_time_closing_rate: RateTold
    closed_without_sla: int = Field(description="Closed, but never on time, since nothing was promised.")
    first_response: FirstResponseTold
    satisfaction: RateTold
    feedback_coverage: RateTold
    rework_rate: RateTold
    reopen_rate: RateTold
    backlog: BacklogTold

    @classmethod
    def of(cls, figures: Figures) -> "FiguresTold":
        """The figures as JSON has them."""
        return cls(
            received=figures.received,
            handling_rate=RateTold.of(figures.handling_rate),
            closing_rate=RateTold.of(figures.closing_rate),
            on_time_closing_rate=RateTold.of(figures.on_time_closing_rate),
            closed_without_sla=figures.closed_without_sla,
            first_response=FirstResponseTold.model_validate(figures.first_response),
            satisfaction=RateTold.of(figures.satisfaction),
            feedback_coverage=RateTold.of(figures.feedback_coverage),
            rework_rate=RateTold.of(figures.rework_rate),
            reopen_rate=RateTold.of(figures.reopen_rate),
            backlog=BacklogTold.model_validate(figures.backlog),
        )


class GroupTold(Told):
    """One group."""

    key: str | None = Field(description="Id of the area or category, or the day; null for what belongs to none.")
    name: Name | None
    ranked: bool = Field(description="False for fewer than 10 cases: shown, and not to be compared.")
    figures: FiguresTold

    @classmethod
    def of(cls, group: Group) -> "GroupTold":
        """The group as JSON has it."""
        return cls(key=group.key, name=group.name, ranked=group.ranked, figures=FiguresTold.of(group.figures))


class AnswerTold(Told):
    """The figures asked for."""

    first_day: date = Field(serialization_alias="from")
    day_after: date = Field(serialization_alias="to", description="The first day after the period, in Asia/Shanghai.")
    as_of: datetime = Field(description="The period's end, or now while it still runs.")
    by: By | None
    level: AreaLevel | None = Field(description="Level of the areas that are told apart.")
    area: str | None
    total: FiguresTold
    groups: tuple[GroupTold, ...]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerTold":
        """The answer as JSON has it."""
        question = answer.question
        return cls(
            first_day=question.period.first_day,
            day_after=question.period.day_after,
            as_of=answer.as_of,
            by=question.by,
            level=question.level if question.by is By.AREA else None,
            area=question.area,
            total=FiguresTold.of(answer.total),
            groups=tuple(GroupTold.of(group) for group in answer.groups),
        )
