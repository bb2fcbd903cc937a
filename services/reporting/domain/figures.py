"""All figures of a group, as they are told together."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.reporting.domain.backlog import Backlog, backlog
from services.reporting.domain.closing_rate import closing_rate
from services.reporting.domain.first_response import FirstResponse, first_response
from services.reporting.domain.grouping import Counted
from services.reporting.domain.handling_rate import handling_rate
from services.reporting.domain.on_time_closing_rate import on_time_closing_rate
from services.reporting.domain.rate import Rate
from services.reporting.domain.reopen_rate import reopen_rate
from services.reporting.domain.rework_rate import rework_rate
from services.reporting.domain.satisfaction import feedback_coverage, satisfaction
from services.reporting.domain.tally import Tally, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What supervisors are judged by."""

    received: int
    handling_rate: Rate
    closing_rate: Rate
    on_time_closing_rate: Rate
    closed_without_sla: int
    first_response: FirstResponse
    satisfaction: Rate
    feedback_coverage: Rate
    rework_rate: Rate
    reopen_rate: Rate
    backlog: Backlog


def figures(tally: Tally, first: FirstResponse) -> Figures:
    """Each by its own definition."""
    return Figures(
        received=tally.received,
        handling_rate=handling_rate(tally),
        closing_rate=closing_rate(tally),
        on_time_closing_rate=on_time_closing_rate(tally),
        closed_without_sla=tally.closed_without_sla,
        first_response=first,
        satisfaction=satisfaction(tally),
        feedback_coverage=feedback_coverage(tally),
        rework_rate=rework_rate(tally),
        reopen_rate=reopen_rate(tally),
        backlog=backlog(tally),
    )


def figures_of(counted: Iterable[Counted]) -> tuple[Tally, Figures]:
    """The numbers of several spots together, and their figures."""
    parts = list(counted)
    tally = total(each.tally for each in parts)
    return tally, figures(tally, first_response([minutes for each in parts for minutes in each.response_minutes]))
