"""The figures, for boards and other systems: counts only, nothing of any person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from services.reporting.api.schemas import (
    CURSOR_LENGTH_MAX,
    NO_NULL,
    AnswerTold,
    CorrectedTicketsTold,
    CorrectedTicketTold,
    TicketsTold,
    cursor_in,
)
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Side
from services.reporting.domain.errors import ReportingError
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import Period
from services.reporting.domain.publication import publishable
from services.reporting.projections import Reporting
from services.reporting.queries import Opening, Question, answer, corrected_tickets, tickets_behind
from shared.contracts.directory import AreaLevel
from shared.contracts.intake import Channel
from shared.contracts.routing import Urgency
from shared.kernel.bodies import only_query
from shared.kernel.description import PROBLEMS
from shared.kernel.misread import FieldProblem, fields_misread
from shared.kernel.problems import INVALID_REQUEST, TYPE_BASE, Problem, meaning, problem_name


def _known(figure: str) -> str:
    if figure not in FIGURES:
        raise PydanticCustomError("unknown_figure", "not a figure")
    return figure


def _ours(written: str) -> str:
    try:
        cursor_in(written)
    except ValueError:
        raise PydanticCustomError("cursor_not_ours", "not a cursor") from None
    return written


FirstDay = Annotated[date, Query(alias="from", description="First day, Asia/Shanghai.", examples=["2026-04-01"])]
Area = Annotated[str | None, Query(max_length=100, description="Only what lies in this area.")]
Category = Annotated[str | None, Query(max_length=100, pattern=NO_NULL, description="Only this category, by its id.")]
Unit = Annotated[str | None, Query(max_length=100, pattern=NO_NULL, description="Only what counts for this unit.")]
Figure = Annotated[str, Path(description="A figure's name in docs/figures.md."), AfterValidator(_known)]
Cursor = Annotated[str, Query(max_length=CURSOR_LENGTH_MAX, description="`next` of a page."), AfterValidator(_ours)]
# So many rows are told at once, unless fewer are asked for.
TICKETS_MAX = 500
TICKETS_USUAL = 100
TICKETS_QUERY = ("from", "to", "tree", "area", "category", "unit", "channel", "urgency")
FIGURES_QUERY = ("from", "to", "by", "level", "tree", "area", "category", "unit", "channel", "urgency")
DayAfter = Annotated[date, Query(alias="to", description="First day after the period.", examples=["2026-05-01"])]


# What is wrong with a field that can not be read, and what to do.
A_DAY = ("is missing, or no day of the calendar", "Give a day as YYYY-MM-DD.")
MISREAD: Mapping[str, tuple[str, str]] = {
    "from": A_DAY,
    "to": A_DAY,
    "by": ("is none of the choices", f"Give {', '.join(By)}, or leave it out."),
    "level": ("is none of the choices", f"Give {', '.join(AreaLevel)}, or leave it out."),
    "tree": ("is none of the choices", f"Give {', '.join(Tree)}, or leave it out."),
    "area": ("is longer than any area's id", "Take an id of the district file's areas, or leave it out."),
    "figure": ("is no figure", "Take a name from docs/figures.md."),
    "of": ("is none of the choices", f"Give {', '.join(Side)}, or leave it out."),
    "category": ("is longer than any category's id", "Take an id of the district file's categories, or leave it out."),
    "unit": ("is longer than any unit's id", "Take an id of the district file's units, or leave it out."),
    "channel": ("is none of the choices", f"Give {', '.join(Channel)}, or leave it out."),
    "urgency": ("is none of the choices", f"Give {', '.join(Urgency)}, or leave it out."),
}


def routes(service: Reporting) -> APIRouter:
    """What is asked of the figures."""
    router = APIRouter(prefix="/api/v1/figures", tags=["figures"], responses=PROBLEMS)

    @router.get("", dependencies=[only_query(*FIGURES_QUERY)])
    async def figures(
        first_day: FirstDay,
        day_after: DayAfter,
        by: By | None = None,
        level: AreaLevel = AreaLevel.COMMUNITY,
        tree: Tree = Tree.TODAY,
        area: Area = None,
        category: Category = None,
        unit: Unit = None,
        channel: Channel | None = None,
        urgency: Urgency | None = None,
    ) -> AnswerTold:
        """Rates with their denominators, the whole and by group."""
        now = service.runtime.ground.clock.now()
        days_max = service.config.by_day_days_max if by is By.DAY else service.config.period_days_max
        period = Period(first_day, day_after).checked(now, days_max=days_max)
        question = Question(
            period=period,
            by=by,
            level=level,
            tree=tree,
            area=area,
            category=category,
            unit=unit,
            channel=channel,
            urgency=urgency,
        )
        directory = await service.directory.current()
        async with service.runtime.pool.acquire() as connection:
            return AnswerTold.of(await answer(connection, directory, question, now))

    @router.get("/{figure}/tickets", dependencies=[only_query("of", "after", "limit", *TICKETS_QUERY)])
    async def tickets(
        figure: Figure,
        first_day: FirstDay,
        day_after: DayAfter,
        of: Side = Side.NUMERATOR,
        tree: Tree = Tree.TODAY,
        area: Area = None,
        category: Category = None,
        unit: Unit = None,
        channel: Channel | None = None,
        urgency: Urgency | None = None,
        after: Cursor | None = None,
        limit: Annotated[int, Query(ge=1, le=TICKETS_MAX)] = TICKETS_USUAL,
    ) -> TicketsTold:
        """The tickets behind a figure: a row for each thing that its numerator or its denominator counts."""
        now = service.runtime.ground.clock.now()
        period = Period(first_day, day_after).checked(now, days_max=service.config.period_days_max)
        question = Question(
            period=period, tree=tree, area=area, category=category, unit=unit, channel=channel, urgency=urgency
        )
        directory = await service.directory.current()
        opening = Opening(
            figure=FIGURES[figure],
            side=of,
            question=question,
            rows_max=limit,
            after=cursor_in(after) if after else None,
        )
        async with service.runtime.pool.acquire() as connection:
            return TicketsTold.of_page(opening, await tickets_behind(connection, directory, opening, now))

    @router.get("/{figure}/corrections", dependencies=[only_query("of", "from", "to")])
    async def corrections(
        figure: Figure, first_day: FirstDay, day_after: DayAfter, of: Side = Side.NUMERATOR
    ) -> CorrectedTicketsTold:
        """The tickets that have changed a figure since its month was published, at most 500."""
        now = service.runtime.ground.clock.now()
        period = publishable(Period(first_day, day_after).checked(now, days_max=service.config.period_days_max), now)
        part = FIGURES[figure].part(of)
        async with service.runtime.pool.acquire() as connection:
            found = await corrected_tickets(connection, period, part, tickets_max=TICKETS_MAX)
        tickets = tuple(CorrectedTicketTold(ticket=ticket, change=change) for ticket, change in found)
        return CorrectedTicketsTold(figure=figure, of=of, tickets=tickets)

    return router


async def misread(request: Request, error: RequestValidationError) -> Response:
    """A question that can not be read as a problem that names each field, and what to do about it."""
    found = fields_misread(error.errors())
    fields = [FieldProblem(each.field, *MISREAD.get(each.field, (each.reason, each.remedy))) for each in found]
    return replace(INVALID_REQUEST, errors=fields).response(request.app)


async def refuse(request: Request, error: ReportingError) -> Response:
    """A refusal of the domain as a problem that names the field."""
    kind = type(error)
    reason = meaning(kind)
    fields = (FieldProblem(kind.field, reason, kind.remedy),)
    return Problem(TYPE_BASE + problem_name(kind), reason, kind.status, errors=fields).response(request.app)
