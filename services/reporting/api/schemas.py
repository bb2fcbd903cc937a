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
    low: float | None = Field(description="Lower end of the 95 % Wilson interval, in per cent; compare by it.")
    high: float | None = Field(description="Its upper end.")

    @classmethod
    def of(cls, rate: Rate) -> "RateTold":
        """The rate as JSON has it."""
        per_cent, interval = rate.per_cent, rate.interval
        return cls(
            numerator=rate.numerator,
            denominator=rate.denominator,
            per_cent=None if per_cent is None else float(per_cent),
            low=interval.low if interval else None,
            high=interval.high if interval else None,
        )


class FirstResponseTold(Told):
    """Working minutes from opened to accepted."""

    count: int
    median_minutes: float | None
    p90_minutes: int | None


class DurationTold(Told):
    """Minutes round the clock."""

    count: int
    median_minutes: float | None
    p90_minutes: float | None
    total_minutes: float


class BacklogTold(Told):
    """What is left at the period's end."""

    open: int
    overdue: int
    escalations: int


class FiguresTold(Told):
    """What supervisors are judged by."""

    received: int
    merged: int = Field(description="Of these, merged into another: as many troubles fewer.")
    handling_rate: RateTold
    closing_rate: RateTold
    on_time_closing_rate: RateTold
    closed_without_sla: int = Field(description="Closed, but never on time, since nothing was promised.")
    first_response: FirstResponseTold
    stage_accept: DurationTold
    stage_resolve: DurationTold
    stage_verify: DurationTold
    stage_close: DurationTold
    satisfaction: RateTold
    feedback_coverage: RateTold
    rework_rate: RateTold
    reopen_rate: RateTold
    returned: DurationTold
    whistle_report_in: RateTold
    suspended_share: RateTold
    extension_share: RateTold
    follow_ups_kept: RateTold
    repeat_reports: RateTold
    delivery_rate: RateTold
    backlog: BacklogTold

    @classmethod
    def of(cls, figures: Figures) -> "FiguresTold":
        """The figures as JSON has them."""
        return cls(
            received=figures.received,
            merged=figures.merged,
            handling_rate=RateTold.of(figures.handling_rate),
            closing_rate=RateTold.of(figures.closing_rate),
            on_time_closing_rate=RateTold.of(figures.on_time_closing_rate),
            closed_without_sla=figures.closed_without_sla,
            first_response=FirstResponseTold.model_validate(figures.first_response),
            stage_accept=DurationTold.model_validate(figures.stage_accept),
            stage_resolve=DurationTold.model_validate(figures.stage_resolve),
            stage_verify=DurationTold.model_validate(figures.stage_verify),
            stage_close=DurationTold.model_validate(figures.stage_close),
            satisfaction=RateTold.of(figures.satisfaction),
            feedback_coverage=RateTold.of(figures.feedback_coverage),
            rework_rate=RateTold.of(figures.rework_rate),
            reopen_rate=RateTold.of(figures.reopen_rate),
            returned=DurationTold.model_validate(figures.returned),
            whistle_report_in=RateTold.of(figures.whistle_report_in),
            suspended_share=RateTold.of(figures.suspended_share),
            extension_share=RateTold.of(figures.extension_share),
            follow_ups_kept=RateTold.of(figures.follow_ups_kept),
            repeat_reports=RateTold.of(figures.repeat_reports),
            delivery_rate=RateTold.of(figures.delivery_rate),
            backlog=BacklogTold.model_validate(figures.backlog),
        )


class GroupTold(Told):
    """One group."""

    key: str | None = Field(description="Id of the area, category or unit, or the time; null for what belongs to none.")
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
    category: str | None
    unit: str | None
    channel: str | None
    urgency: str | None
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
            category=question.category,
            unit=question.unit,
            channel=question.channel,
            urgency=question.urgency,
            total=FiguresTold.of(answer.total),
            groups=tuple(GroupTold.of(group) for group in answer.groups),
        )
