"""All figures of a group, as they are told together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.reporting.domain.backlog import Backlog, backlog
from services.reporting.domain.classes import (
    NO_CLASSES,
    Cell,
    classed,
    duration_by_classes,
    first_response_by_classes,
)
from services.reporting.domain.closing_rate import closing_rate
from services.reporting.domain.definition import FIRST_RESPONSE
from services.reporting.domain.delivery_rate import delivery_rate
from services.reporting.domain.duration import Duration, duration
from services.reporting.domain.extension_share import extension_share
from services.reporting.domain.feedback_coverage import feedback_coverage
from services.reporting.domain.first_response import FirstResponse, first_response
from services.reporting.domain.follow_ups_kept import follow_ups_kept
from services.reporting.domain.grouping import NOTHING, Counted
from services.reporting.domain.handling_rate import handling_rate
from services.reporting.domain.on_time_closing_rate import on_time_closing_rate
from services.reporting.domain.rate import Rate
from services.reporting.domain.reopen_rate import reopen_rate
from services.reporting.domain.repeat_reports import repeat_reports
from services.reporting.domain.rework_rate import rework_rate
from services.reporting.domain.satisfaction import satisfaction
from services.reporting.domain.suspended_share import suspended_share
from services.reporting.domain.tally import Tally, total
from services.reporting.domain.whistle_report_in import whistle_report_in

NO_DURATIONS: Mapping[str, Duration] = {}
NONE_TOOK_TIME = Duration(count=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What supervisors are judged by."""

    received: int
    merged: int
    split_off: int
    handling_rate: Rate
    closing_rate: Rate
    on_time_closing_rate: Rate
    closed_without_sla: int
    first_response: FirstResponse
    stage_accept: Duration
    stage_resolve: Duration
    stage_verify: Duration
    stage_close: Duration
    satisfaction: Rate
    feedback_coverage: Rate
    rework_rate: Rate
    reopen_rate: Rate
    returned: Duration
    whistle_report_in: Rate
    suspended_share: Rate
    extension_share: Rate
    follow_ups_kept: Rate
    repeat_reports: Rate
    delivery_rate: Rate
    backlog: Backlog
    # Of what was published, the figures that were not defined yet: what stands in their place means nothing.
    untold: frozenset[str] = frozenset()


def figures(tally: Tally, first: FirstResponse, took: Mapping[str, Duration] = NO_DURATIONS) -> Figures:
    """Each by its own definition."""
    return Figures(
        received=tally.received,
        merged=tally.merged,
        split_off=tally.split_off,
        handling_rate=handling_rate(tally),
        closing_rate=closing_rate(tally),
        on_time_closing_rate=on_time_closing_rate(tally),
        closed_without_sla=tally.closed_without_sla,
        first_response=first,
        stage_accept=took.get("stage_accept", NONE_TOOK_TIME),
        stage_resolve=took.get("stage_resolve", NONE_TOOK_TIME),
        stage_verify=took.get("stage_verify", NONE_TOOK_TIME),
        stage_close=took.get("stage_close", NONE_TOOK_TIME),
        satisfaction=satisfaction(tally),
        feedback_coverage=feedback_coverage(tally),
        rework_rate=rework_rate(tally),
        reopen_rate=reopen_rate(tally),
        returned=took.get("returned", NONE_TOOK_TIME),
        whistle_report_in=whistle_report_in(tally),
        suspended_share=suspended_share(tally),
        extension_share=extension_share(tally),
        follow_ups_kept=follow_ups_kept(tally),
        repeat_reports=repeat_reports(tally),
        delivery_rate=delivery_rate(tally),
        backlog=backlog(tally),
    )


def figures_of(counted: Iterable[Counted]) -> tuple[Tally, Figures]:
    """The numbers of several spots together, and their figures."""
    parts = list(counted)
    tally = total(each.tally for each in parts if each.tally is not NOTHING)
    by_classes = _cells_of(parts)
    if by_classes:
        told = {part: classed(cells) for part, cells in by_classes.items()}
        first = first_response_by_classes(told.pop(FIRST_RESPONSE, NO_CLASSES))
        return tally, figures(tally, first, {part: duration_by_classes(each) for part, each in told.items()})
    first = first_response([minutes for each in parts for minutes in each.response_minutes])
    return tally, figures(tally, first, {part: duration(minutes) for part, minutes in _minutes_of(parts).items()})


def _cells_of(parts: Sequence[Counted]) -> Mapping[str, Sequence[Cell]]:
    cells: dict[str, list[Cell]] = {}
    for each in parts:
        for part, told in each.classes.items():
            cells.setdefault(part, []).extend(told)
    return cells


def _minutes_of(parts: Sequence[Counted]) -> Mapping[str, Sequence[float]]:
    minutes: dict[str, list[float]] = {}
    for each in parts:
        for part, took in each.minutes.items():
            minutes.setdefault(part, []).extend(took)
    return minutes


# The figures of what nothing counts for.
_, NO_FIGURES = figures_of(())
