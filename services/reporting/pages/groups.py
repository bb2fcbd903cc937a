"""A figure as its page shows it: where its tickets are, its groups in order, its chart, what was published of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.reporting.domain.behind import Corrected
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition, RateDefinition, Side
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By, time_key
from services.reporting.domain.publication import Group, Pair, corrected, is_corrected, paired
from services.reporting.domain.question import Question
from services.reporting.domain.rate import Rate
from services.reporting.domain.sight import Sight
from services.reporting.domain.values import Value, size_of, value_of
from services.reporting.pages.asking import about_group, query_of, whole_of
from services.reporting.pages.charts import Chart, Point, columns_chart, rows_chart
from services.reporting.pages.views import CorrectedFigure, Correction, FigureShown, GroupShown
from services.reporting.queries.answers import Answer
from services.reporting.queries.behind import corrected_tickets
from shared.contracts.directory import Name
from shared.kernel.database import Connection
from shared.lasting import lasted
from shared.web.language import Language
from shared.web.passes import FIGURES as ADDRESS

CORRECTED_SHOWN_MAX = 50
NOTHING = "–"
OFTEN_BY = (By.UNIT, By.AREA, By.CATEGORY, By.WEEK, By.MONTH)
# What the catalogue says of a group that has no name of its own.
WORDED = {By.CHANNEL: "figures.channel.", By.URGENCY: "figures.urgency."}


@dataclass(frozen=True, slots=True)
class Words:
    """How this reader is told what things are called."""

    language: Language
    say: Callable[..., str]

    def name(self, name: Name) -> str:
        """A name of the directory."""
        return name.zh if self.language == "zh" else name.en

    def group(self, group: Group, by: By) -> str:
        """What a group is called; a time is its own name."""
        if group.name is not None:
            return self.name(group.name)
        if group.key is None:
            return self.say("figures.no_group")
        return self.say(WORDED[by] + group.key) if by in WORDED else group.key

    def value(self, value: Value) -> str:
        """The one number that a chart shows."""
        size = size_of(value)
        match value:
            case _ if size is None:
                return NOTHING
            case Rate():
                return f"{value.per_cent}%"
            case Duration() | FirstResponse():
                return lasted(size, self.say, working=value.in_working_time)
            case _:
                return str(value)


def shown_of(figure: Definition, figures: Figures, question: Question) -> FigureShown:
    """A figure of the whole."""
    return FigureShown(
        id=figure.id,
        name=figure.name,
        value=value_of(figures, figure.id),
        page=f"{ADDRESS}/{figure.id}?{query_of(question)}",
        numerator=_tickets(figure, Side.NUMERATOR, question),
        denominator=_tickets(figure, Side.DENOMINATOR, question) if isinstance(figure, RateDefinition) else None,
        rest=_tickets(figure, Side.REST, question) if isinstance(figure, RateDefinition) else None,
    )


def apart_of(figure: Definition, question: Question) -> Sequence[tuple[By, str]]:
    """The ways to the groups that a figure is mostly asked for by."""
    return [(by, f"{ADDRESS}/{figure.id}?{query_of(replace(question, by=by))}") for by in OFTEN_BY]


def corrections_of(answered: Answer) -> Sequence[CorrectedFigure]:
    """The figures of the whole that are not what was published."""
    published, told = answered.published, answered.total
    if published is None:
        return []
    return [
        CorrectedFigure(now=shown_of(FIGURES[each], told, answered.question), was=value_of(published.total, each))
        for each in corrected(published.total, told)
    ]


def groups_of(figure: Definition, answered: Answer, *, words: Words, now: datetime) -> Sequence[GroupShown]:
    """Its groups: times one after the other; others by value, and after them, in no order of rank, the small ones."""
    by, published = answered.question.by, answered.published
    if by is None:
        return []
    if published is not None:
        pairs = paired(published.groups[by], answered.groups, untold=published.total.untold)
        groups = [_beside(figure, each, by, answered.question, words=words, now=now) for each in pairs]
    else:
        groups = [_group(figure, each, by, answered.question, words=words, now=now) for each in answered.groups]
    return groups if by.is_time else sorted(groups, key=_place)


def _place(group: GroupShown) -> tuple[bool, float]:
    size = size_of(group.value) if group.ranked else None
    return size is None, -(size or 0.0)


def _beside(figure: Definition, pair: Pair, by: By, question: Question, *, words: Words, now: datetime) -> GroupShown:
    shown = _group(figure, pair.now, by, question, words=words, now=now)
    return replace(shown, was=value_of(pair.published.figures, figure.id), changed=pair.is_corrected(figure.id))


def _group(figure: Definition, group: Group, by: By, question: Question, *, words: Words, now: datetime) -> GroupShown:
    alone = about_group(question, group.key, now)
    has_denominator = alone is not None and isinstance(figure, RateDefinition)
    return GroupShown(
        label=words.group(group, by),
        value=value_of(group.figures, figure.id),
        ranked=group.is_ranked_by(figure.id),
        numerator=_tickets(figure, Side.NUMERATOR, alone) if alone else None,
        denominator=_tickets(figure, Side.DENOMINATOR, alone) if alone and has_denominator else None,
        beside=[shown_of(FIGURES[each], group.figures, alone) for each in figure.beside] if alone else (),
    )


def _tickets(figure: Definition, side: Side, question: Question) -> str:
    return f"{ADDRESS}/{figure.id}/tickets?{query_of(question, by=None, of=side)}"


def chart_of(groups: Sequence[GroupShown], question: Question, words: Words, now: datetime) -> Chart | None:
    """Times as columns, other groups as rows with their intervals; of one or none there is nothing to compare."""
    if question.by is None or len(groups) < 2:
        return None
    points = [_point(each, words) for each in groups]
    if question.by.is_time:
        told = {each.label: each for each in points}
        # A time in which nothing was keeps its place, so that what lies far apart does not look like neighbours.
        keys = [time_key(question.by, each.first_day) for each in question.periods(now)]
        points = [told.get(key) or Point(label=key, value=None, told=NOTHING) for key in keys]
    percent = isinstance(groups[0].value, Rate)
    draw = columns_chart if question.by.is_time else rows_chart
    return draw(points, percent=percent)


def _point(group: GroupShown, words: Words) -> Point:
    interval = group.value.interval if isinstance(group.value, Rate) else None
    return Point(
        label=group.label,
        value=size_of(group.value),
        told=words.value(group.value),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        ranked=group.ranked,
    )


async def correction_of(
    connection: Connection, figure: Definition, answered: Answer, groups: Sequence[GroupShown], sight: Sight
) -> Correction | None:
    """What was published of it, and by which tickets it is another now; none where nothing was published."""
    published = answered.published
    if published is None:
        return None
    was = value_of(published.total, figure.id)
    changed = is_corrected(published.total, answered.total, figure.id)
    is_part = bool(answered.question.narrowings)
    tickets = await _corrected_by(connection, figure, answered, sight) if changed and not is_part else {}
    return Correction(
        published_at=published.published_at,
        was=was,
        changed=changed,
        groups=sum(each.changed for each in groups),
        tickets=tickets,
        whole=f"{ADDRESS}/{figure.id}?{query_of(whole_of(answered.question))}" if changed and is_part else None,
    )


async def _corrected_by(
    connection: Connection, figure: Definition, answered: Answer, sight: Sight
) -> Mapping[Side, Sequence[Corrected]]:
    sides = list(Side) if isinstance(figure, RateDefinition) else [Side.NUMERATOR]
    return {
        side: await corrected_tickets(
            connection,
            answered.question.period,
            figure,
            side,
            sight=sight,
            tickets_max=CORRECTED_SHOWN_MAX,
        )
        for side in sides
    }
