"""The figures, for boards and other systems: counts for everybody, the tickets behind them for who may read them."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from services.reporting.api.callers import PASS, let_in
from services.reporting.api.questions import TICKETS_MAX, CorrectionsQuery, FiguresQuery, TicketsQuery
from services.reporting.api.schemas import AnswerTold, FigureTold
from services.reporting.api.ticket_schemas import CorrectedTicketsTold, CorrectedTicketTold, TicketsTold
from services.reporting.domain.behind import cursor_in
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition, Side
from services.reporting.domain.errors import ReportingError
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.publication import publishable
from services.reporting.domain.sight import sight_of
from services.reporting.projections import Reporting
from services.reporting.queries.answers import Answer, answer
from services.reporting.queries.behind import Opening, corrected_tickets, tickets_behind
from shared.contracts.directory import AreaLevel
from shared.contracts.intake import Channel
from shared.contracts.routing import Urgency
from shared.kernel.bodies import only_query
from shared.kernel.description import PROBLEMS
from shared.kernel.misread import FieldProblem, fields_misread
from shared.kernel.problems import INVALID_REQUEST, TYPE_BASE, Problem, meaning, problem_name
from shared.web.passes import Pass


def _known(figure: str) -> str:
    if figure not in FIGURES:
        raise PydanticCustomError("unknown_figure", "not a figure")
    return figure


Figure = Annotated[str, Path(description="A figure's name in docs/figures.md."), AfterValidator(_known)]


RETRY_AFTER_S = "5"
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

    @router.get("", dependencies=[only_query(*FiguresQuery.names())])
    async def figures(asked: Annotated[FiguresQuery, Query()]) -> AnswerTold:
        """Rates with their denominators, the whole and by group."""
        return AnswerTold.of(await _answered(service, asked))

    @router.get("/{figure}", dependencies=[only_query(*FiguresQuery.names())])
    async def one(figure: Figure, asked: Annotated[FiguresQuery, Query()]) -> FigureTold:
        """One figure, the whole and by group: the same numbers, without the others'."""
        return FigureTold.of(figure, await _answered(service, asked, FIGURES[figure]))

    @router.get("/{figure}/tickets", dependencies=[PASS, only_query(*TicketsQuery.names())])
    async def tickets(
        figure: Figure, asked: Annotated[TicketsQuery, Query()], reader: Annotated[Pass, Depends(let_in(service))]
    ) -> TicketsTold:
        """The tickets behind a figure: a row for each thing that it counts, of those that you may read at the desk."""
        now, directory = service.runtime.ground.clock.now(), await service.directory.current()
        opening = Opening(
            figure=FIGURES[figure],
            side=asked.of,
            question=asked.question(now, service.config),
            rows_max=asked.limit,
            sight=sight_of(reader.unit, reader.reach, units=directory.units, areas=directory.areas),
            after=cursor_in(asked.after) if asked.after else None,
        )
        async with service.turns.on(opening.question), service.runtime.pool.acquire() as connection:
            return TicketsTold.of_page(opening, await tickets_behind(connection, directory, opening, now))

    @router.get("/{figure}/corrections", dependencies=[PASS, only_query(*CorrectionsQuery.names())])
    async def corrections(
        figure: Figure, asked: Annotated[CorrectionsQuery, Query()], reader: Annotated[Pass, Depends(let_in(service))]
    ) -> CorrectedTicketsTold:
        """The tickets, at most 500 that you may read, by which a figure of the whole is not what was published."""
        directory = await service.directory.current()
        sight = sight_of(reader.unit, reader.reach, units=directory.units, areas=directory.areas)
        now = service.runtime.ground.clock.now()
        period = publishable(asked.period(now, days_max=service.config.period_days_max), now)
        async with service.runtime.pool.acquire() as connection:
            found = await corrected_tickets(
                connection, period, FIGURES[figure], asked.of, sight=sight, tickets_max=TICKETS_MAX
            )
        tickets = tuple(CorrectedTicketTold(ticket=each.ticket, change=each.change) for each in found)
        return CorrectedTicketsTold(figure=figure, of=asked.of, tickets=tickets)

    return router


async def _answered(service: Reporting, asked: FiguresQuery, figure: Definition | None = None) -> Answer:
    now, within_s = service.runtime.ground.clock.now(), service.config.wide_within_s
    question = replace(asked.question(now, service.config), figure=figure)
    directory = await service.directory.current()
    async with service.turns.on(question), service.runtime.pool.acquire() as connection:
        return await answer(connection, directory, question, now, facts_within_s=within_s)


async def misread(request: Request, error: RequestValidationError) -> Response:
    """A question that can not be read as a problem that names each field, and what to do about it."""
    found = fields_misread(error.errors())
    fields = [FieldProblem(each.field, *MISREAD.get(each.field, (each.reason, each.remedy))) for each in found]
    return replace(INVALID_REQUEST, errors=fields).response(request.app)


async def refuse(request: Request, error: ReportingError) -> Response:
    """A refusal of the domain as a problem that names the field."""
    kind = type(error)
    reason = meaning(kind)
    fields = (FieldProblem(kind.field, reason, kind.remedy),) if kind.field else ()
    headers = {"Retry-After": RETRY_AFTER_S} if kind.status == HTTPStatus.TOO_MANY_REQUESTS else {}
    problem = Problem(TYPE_BASE + problem_name(kind), reason, kind.status, errors=fields, headers=headers)
    return problem.response(request.app)
