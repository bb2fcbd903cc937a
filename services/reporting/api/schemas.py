"""The figures as JSON: every rate with what it is made of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.publication import Group, Pair, Publication, Unpublished, corrected, is_corrected, paired
from services.reporting.domain.rate import Rate
from services.reporting.domain.values import value_of
from services.reporting.queries.answers import Answer
from shared.contracts.directory import AreaLevel, Name

BESIDE = "What is to be read with it, by name: beside the on-time rate how many were closed without a deadline."
PUBLISHED = "Null where nothing of what is asked for was published; `unpublished` says why."
UNPUBLISHED = (
    "Why nothing published stands beside it: no calendar month (`no_month`), a month that has not been published "
    "(`month_not_published`), one that was before the figure was defined (`figure_not_published`), or one that was, "
    "but not so (`cut_not_published`): published are the whole, communities, categories and units, each by itself. "
    "Null where `published` is not."
)
WITHIN = "By how many per cent median and p90 are off at most: they are told by classes of so many. 0: exact."


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
    within_percent: float = Field(description=WITHIN)


class DurationTold(Told):
    """Minutes round the clock."""

    count: int
    median_minutes: float | None
    p90_minutes: float | None
    total_minutes: float
    within_percent: float = Field(description=WITHIN)


ValueTold = RateTold | DurationTold | FirstResponseTold | int


class BacklogTold(Told):
    """What is left at the period's end."""

    open: int
    overdue: int
    escalations: int


class FiguresTold(Told):
    """What supervisors are judged by."""

    received: int
    merged: int = Field(description="Of these, merged into another: as many troubles fewer.")
    split_off: int = Field(description="Of these, split off another: as many reports fewer.")
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
            split_off=figures.split_off,
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


class CorrectionTold(Told):
    """A figure that is not what was published: what arrived later has changed it."""

    figure: str = Field(description="Its name in docs/figures.md, by which its tickets are asked for.")
    published: ValueTold = Field(description="The figure as it was published, in the form that it has among all.")
    now: ValueTold = Field(description="The figure as it is counted now.")

    @classmethod
    def of(cls, figure: str, published: Figures, now: Figures) -> "CorrectionTold":
        """The figure as JSON has it, then and now."""
        return cls(figure=figure, published=value_told(published, figure), now=value_told(now, figure))


class GroupCorrectionTold(Told):
    """A group whose figures are not what was published, that came later, or that nothing counts for any more."""

    key: str | None = Field(description="As in `groups`.")
    name: Name | None
    corrections: tuple[CorrectionTold, ...]

    @classmethod
    def of(cls, pair: Pair) -> "GroupCorrectionTold":
        """The group's figures that have changed."""
        group, was, now = pair.published, pair.published.figures, pair.now.figures
        corrections = tuple(CorrectionTold.of(figure, was, now) for figure in pair.changed)
        return cls(key=group.key, name=group.name, corrections=corrections)


class PublishedTold(Told):
    """What was published of the month that was asked for; it never changes."""

    published_at: datetime
    total: FiguresTold
    untold: tuple[str, ...] = Field(
        description="Figures that were not defined yet when the month was published: what stands in their place, of "
        "the whole and of groups, means nothing, and is no correction."
    )
    groups: tuple[GroupTold, ...]
    corrections: tuple[CorrectionTold, ...] = Field(description="The whole's figures that have changed since.")
    group_corrections: tuple[GroupCorrectionTold, ...] = Field(
        description="The groups whose figures have changed since, also where the whole's have not."
    )

    @classmethod
    def of(cls, publication: Publication, answer: Answer) -> "PublishedTold":
        """What was published, beside what is told now."""
        groups, untold = published_groups(publication, answer), publication.total.untold
        return cls(
            published_at=publication.published_at,
            total=FiguresTold.of(publication.total),
            untold=tuple(sorted(untold)),
            groups=tuple(map(GroupTold.of, groups)),
            corrections=tuple(
                CorrectionTold.of(figure, publication.total, answer.total)
                for figure in corrected(publication.total, answer.total)
            ),
            group_corrections=tuple(
                GroupCorrectionTold.of(pair)
                for pair in paired(groups, answer.groups, untold=publication.total.untold)
                if pair.changed
            ),
        )


class AskedTold(Told):
    """What was asked, and how fresh what is told of it is."""

    first_day: date = Field(serialization_alias="from")
    day_after: date = Field(serialization_alias="to", description="The first day after the period, in Asia/Shanghai.")
    as_of: datetime = Field(description="The period's end, or now while it still runs.")
    by: By | None
    level: AreaLevel | None = Field(description="Level of the areas that are told apart.")
    tree: Tree = Field(description="Whether areas and names are today's, or those of the period's end.")
    area: str | None
    category: str | None
    unit: str | None
    channel: str | None
    urgency: str | None
    newest_event_at: datetime | None = Field(
        description="When the newest event happened that the figures know of; null while there is none."
    )
    newest_event_age_s: float | None = Field(description="How old that event was when this was told, in seconds.")

    @staticmethod
    def asked(answer: Answer) -> Mapping[str, Any]:
        """These fields of an answer."""
        question = answer.question
        return {
            "first_day": question.period.first_day,
            "day_after": question.period.day_after,
            "as_of": answer.as_of,
            "by": question.by,
            "level": question.level if question.by is By.AREA else None,
            "tree": question.tree,
            "area": question.area,
            "category": question.category,
            "unit": question.unit,
            "channel": question.channel,
            "urgency": question.urgency,
            "newest_event_at": answer.newest_event_at,
            "newest_event_age_s": answer.newest_event_age_s,
        }


class AnswerTold(AskedTold):
    """The figures asked for."""

    total: FiguresTold
    groups: tuple[GroupTold, ...]
    published: PublishedTold | None = Field(description=PUBLISHED)
    unpublished: Unpublished | None = Field(description=UNPUBLISHED)

    @classmethod
    def of(cls, answer: Answer) -> "AnswerTold":
        """The answer as JSON has it."""
        return cls(
            **cls.asked(answer),
            total=FiguresTold.of(answer.total),
            groups=tuple(GroupTold.of(group) for group in answer.groups),
            published=PublishedTold.of(answer.published, answer) if answer.published else None,
            unpublished=answer.unpublished,
        )


class GroupOfFigureTold(Told):
    """One group of a figure."""

    key: str | None = Field(description="Id of the area, category or unit, or the time; null for what belongs to none.")
    name: Name | None
    ranked: bool = Field(description="False where it is told of fewer than 10, or a plain number of so few cases.")
    value: ValueTold
    beside: Mapping[str, ValueTold] = Field(description=BESIDE)

    @classmethod
    def of(cls, group: Group, figure: str) -> "GroupOfFigureTold":
        """The group as JSON has it."""
        return cls(
            key=group.key,
            name=group.name,
            ranked=group.is_ranked_by(figure),
            value=value_told(group.figures, figure),
            beside=_beside(group.figures, figure),
        )


class CorrectedGroupTold(Told):
    """A group of which a figure is not what was published."""

    key: str | None = Field(description="As in `groups`.")
    name: Name | None
    published: ValueTold = Field(description="As it was published; of nothing where the group came later.")
    now: ValueTold = Field(description="As it is counted now; of nothing where nothing counts for the group any more.")

    @classmethod
    def of(cls, pair: Pair, figure: str) -> "CorrectedGroupTold":
        """The group as JSON has it, then and now."""
        group, now = pair.published, pair.now.figures
        return cls(
            key=group.key, name=group.name, published=value_told(group.figures, figure), now=value_told(now, figure)
        )


class PublishedFigureTold(Told):
    """What was published of a figure; it never changes."""

    published_at: datetime
    value: ValueTold
    beside: Mapping[str, ValueTold] = Field(description=BESIDE)
    is_corrected: bool = Field(description="Whether what arrived later has changed it, of the whole.")
    groups: tuple[GroupOfFigureTold, ...]
    group_corrections: tuple[CorrectedGroupTold, ...] = Field(
        description="The groups of which it has changed, also where it has not of the whole."
    )

    @classmethod
    def of(cls, figure: str, publication: Publication, answer: Answer) -> "PublishedFigureTold":
        """What was published of it, beside what is told now."""
        groups = published_groups(publication, answer)
        return cls(
            published_at=publication.published_at,
            value=value_told(publication.total, figure),
            beside=_beside(publication.total, figure),
            is_corrected=is_corrected(publication.total, answer.total, figure),
            groups=tuple(GroupOfFigureTold.of(group, figure) for group in groups),
            group_corrections=tuple(
                CorrectedGroupTold.of(pair, figure)
                for pair in paired(groups, answer.groups, untold=publication.total.untold)
                if pair.is_corrected(figure)
            ),
        )


class FigureTold(AskedTold):
    """One figure, of the whole and by group."""

    figure: str = Field(description="Its name in docs/figures.md.")
    value: ValueTold = Field(description="Of the whole, in the form that the figure has among all of them.")
    beside: Mapping[str, ValueTold] = Field(description=BESIDE)
    groups: tuple[GroupOfFigureTold, ...]
    published: PublishedFigureTold | None = Field(description=PUBLISHED)
    unpublished: Unpublished | None = Field(description=UNPUBLISHED)

    @classmethod
    def of(cls, figure: str, answer: Answer) -> "FigureTold":
        """The answer as JSON has it."""
        return cls(
            **cls.asked(answer),
            figure=figure,
            value=value_told(answer.total, figure),
            beside=_beside(answer.total, figure),
            groups=tuple(GroupOfFigureTold.of(group, figure) for group in answer.groups),
            published=PublishedFigureTold.of(figure, answer.published, answer) if answer.published else None,
            unpublished=answer.unpublished,
        )


def published_groups(publication: Publication, answer: Answer) -> Sequence[Group]:
    """What was published of the groups that are asked for."""
    by = answer.question.by
    return () if by is None else publication.groups[by]


def _beside(figures: Figures, figure: str) -> Mapping[str, ValueTold]:
    return {each: value_told(figures, each) for each in FIGURES[figure].beside if each not in figures.untold}


def value_told(figures: Figures, figure: str) -> ValueTold:
    """A figure as JSON has it."""
    match value_of(figures, figure):
        case Rate() as rate:
            return RateTold.of(rate)
        case Duration() as took:
            return DurationTold.model_validate(took)
        case FirstResponse() as waited:
            return FirstResponseTold.model_validate(waited)
        case number:
            return number
