"""The figures as tables for people: every rate with its numerator and denominator beside it."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from services.cli.wording import moment, worded, worded_lines
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.publication import Group, Unpublished, corrected, paired
from services.reporting.domain.rate import Rate
from services.reporting.domain.values import Value, value_of
from services.reporting.queries.answers import Answer
from shared.lasting import lasted
from shared.web.catalogues import load_catalogues

NOTHING = "–"
# Wider than any table of ours: what is read by a file or a pipe has no edge.
COLUMNS_WITHOUT_TERMINAL = 1_000


def print_figures(answer: Answer, *, title: str) -> None:
    """The tables, and below them where each figure is explained."""
    console = Console(width=None if sys.stdout.isatty() else COLUMNS_WITHOUT_TERMINAL)
    console.print(total_table(answer, title=title))
    if answer.groups:
        console.print(group_table(answer))
    for line in _publication_lines(answer):
        console.print(line, highlight=False)
    if answer.newest_event_at is not None:
        console.print(worded("kpi_fresh", **_freshness(answer.newest_event_at, answer)), highlight=False)
    console.print(worded("kpi_explained"), highlight=False)


def _publication_lines(answer: Answer) -> Iterator[str]:
    """When the month was published, and what was corrected since: of the whole, then of each group."""
    published, by = answer.published, answer.question.by
    if answer.unpublished is Unpublished.CUT:
        yield worded("kpi_cut_not_published")
    if published is None:
        return
    changed, untold = corrected(published.total, answer.total), published.total.untold
    yield worded("kpi_published" if changed else "kpi_uncorrected", day=moment(published.published_at))
    yield from _changes(changed, published.total, answer.total)
    if untold:
        yield worded("kpi_untold", names=", ".join(_figure_name(each) for each in FIGURES if each in untold))
    for pair in paired(published.groups[by], answer.groups, untold=untold) if by else ():
        if pair.changed:
            yield worded("kpi_group_corrected", group=_called(pair.now))
            yield from _changes(pair.changed, pair.published.figures, pair.now.figures)


def _changes(changed: Iterable[str], was: Figures, now: Figures) -> Iterator[str]:
    """A line a figure: what was published of it and what it is now."""
    for each in changed:
        yield f"  {_figure_name(each)}: {_text(value_of(was, each))} → {_text(value_of(now, each))}"


def _figure_name(figure: str) -> str:
    return f"{FIGURES[figure].name.zh} {FIGURES[figure].name.en}"


def _text(value: Value) -> str:
    match value:
        case Rate():
            return rate_text(value)
        case FirstResponse():
            return _response_text(value)
        case Duration():
            return f"{_duration_text(value)}{_sum(value)}"
        case _:
            return str(value)


def _freshness(newest: datetime, answer: Answer) -> dict[str, str]:
    age = timedelta(seconds=round(answer.newest_event_age_s or 0))
    return {"moment": moment(newest, to="seconds"), "age": str(age)}


def total_table(answer: Answer, *, title: str) -> Table:
    """All figures of the whole, one a line."""
    table = Table(title=worded("kpi_title", period=title), show_header=False)
    for key, text in _lines(answer.total):
        table.add_row(worded(key), text)
    return table


def group_table(answer: Answer) -> Table:
    """The rates that groups are compared by, a group a line; one too small to rank says so."""
    table = Table()
    for key in ("kpi_group", "kpi_received", "kpi_handling", "kpi_closing", "kpi_on_time", "kpi_satisfaction"):
        table.add_column(
            "\n".join(worded_lines(key)), justify="left" if key == "kpi_group" else "right", overflow="fold"
        )
    for group in answer.groups:
        figures = group.figures
        table.add_row(
            _name(group),
            str(figures.received),
            compared_text(figures.handling_rate),
            compared_text(figures.closing_rate),
            compared_text(figures.on_time_closing_rate),
            compared_text(figures.satisfaction),
        )
    return table


def rate_text(rate: Rate) -> str:
    """`47/47 100.00%`; of nothing there is no rate."""
    share = NOTHING if rate.per_cent is None else f"{rate.per_cent}%"
    return f"{rate.numerator}/{rate.denominator} {share}"


def compared_text(rate: Rate) -> str:
    """The same above its 95 % Wilson interval, which of few cases is wide: by it groups are compared."""
    interval = rate.interval
    return rate_text(rate) if interval is None else f"{rate_text(rate)}\n{interval.low:.1f}–{interval.high:.1f}"


def _lines(figures: Figures) -> Iterator[tuple[str, str]]:
    yield "kpi_received", str(figures.received)
    yield "kpi_merged", str(figures.merged)
    yield "kpi_split_off", str(figures.split_off)
    yield "kpi_handling", rate_text(figures.handling_rate)
    yield "kpi_closing", rate_text(figures.closing_rate)
    yield "kpi_on_time", rate_text(figures.on_time_closing_rate)
    yield "kpi_without_sla", str(figures.closed_without_sla)
    yield "kpi_first_response", _response_text(figures.first_response)
    yield "kpi_stage_accept", _duration_text(figures.stage_accept)
    yield "kpi_stage_resolve", _duration_text(figures.stage_resolve)
    yield "kpi_stage_verify", _duration_text(figures.stage_verify)
    yield "kpi_stage_close", _duration_text(figures.stage_close)
    yield "kpi_satisfaction", rate_text(figures.satisfaction)
    yield "kpi_coverage", rate_text(figures.feedback_coverage)
    yield "kpi_rework", rate_text(figures.rework_rate)
    yield "kpi_reopen", rate_text(figures.reopen_rate)
    yield "kpi_returned", _duration_text(figures.returned)
    yield "kpi_whistle", rate_text(figures.whistle_report_in)
    yield "kpi_suspended", rate_text(figures.suspended_share)
    yield "kpi_extended", rate_text(figures.extension_share)
    yield "kpi_follow_ups", rate_text(figures.follow_ups_kept)
    yield "kpi_repeats", rate_text(figures.repeat_reports)
    yield "kpi_delivery", rate_text(figures.delivery_rate)
    yield "kpi_open", str(figures.backlog.open)
    yield "kpi_overdue", str(figures.backlog.overdue)
    yield "kpi_escalations", str(figures.backlog.escalations)


def _response_text(response: FirstResponse) -> str:
    if response.count == 0:
        return NOTHING
    return f"{_lengths(response)} ({response.count}){_within(response)}"


def _duration_text(took: Duration) -> str:
    if took.count == 0:
        return NOTHING
    return f"{_lengths(took)} ({took.count}){_within(took)}"


def _lengths(took: Duration | FirstResponse) -> str:
    say = load_catalogues("web")["zh"].say
    told = (took.median_minutes or 0, took.p90_minutes or 0)
    return " / ".join(lasted(each, say, working=took.in_working_time) for each in told)


def _sum(took: Duration) -> str:
    # To the minute: days and hours would show a corrected one as it was.
    say = load_catalogues("web")["zh"].say
    return f" · 合计 {lasted(took.total_minutes, say, working=True)}" if took.count else ""


def _within(took: Duration | FirstResponse) -> str:
    """By how much it is off at most; nothing where it is exact."""
    return f" ±{took.within_percent:.0f}%" if took.within_percent else ""


def _name(group: Group) -> str:
    name = _called(group)
    return name if group.ranked else f"{name}\n{worded('kpi_not_ranked')}"


def _called(group: Group) -> str:
    return f"{group.name.zh} {group.name.en}" if group.name else group.key or worded("kpi_none")
