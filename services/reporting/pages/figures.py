"""`/desk/figures`: all figures of a period, one figure by its groups, and the tickets behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.reporting.domain.behind import Page, cursor_of
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition, Side
from services.reporting.domain.errors import NoDenominatorError, UnknownAreaError
from services.reporting.domain.question import Question
from services.reporting.domain.sight import Sight, sight_of
from services.reporting.pages.asking import NOT_A_CHOICE, after_in, asked, query_of, side_in
from services.reporting.pages.choices import filters_of, name_of, staff_of
from services.reporting.pages.groups import (
    Words,
    apart_of,
    chart_of,
    correction_of,
    corrections_of,
    groups_of,
    shown_of,
)
from services.reporting.pages.views import (
    FigurePage,
    FiguresPage,
    Filters,
    Fresh,
    TicketShown,
    TicketsPage,
)
from services.reporting.projections import Reporting
from services.reporting.queries.answers import Answer, answer
from services.reporting.queries.behind import Opening, tickets_behind
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.web.language import language_of
from shared.web.pass_doors import let_in
from shared.web.passes import FIGURES as ADDRESS
from shared.web.passes import Pass
from shared.web.rendering import Renderer

TICKETS_ON_A_PAGE = 50
# What the first page puts together.
PARTS: Mapping[str, Sequence[str]] = {
    "handling": (
        *("handling_rate", "closing_rate", "on_time_closing_rate", "closed_without_sla"),
        *("received", "merged", "split_off"),
    ),
    "left": ("open", "overdue", "escalations", "suspended_share", "extension_share"),
    "quality": ("satisfaction", "feedback_coverage", "rework_rate", "reopen_rate", "follow_ups_kept", "repeat_reports"),
    "times": ("first_response", "stage_accept", "stage_resolve", "stage_verify", "stage_close", "returned"),
    "together": ("whistle_report_in", "delivery_rate"),
}


def router(service: Reporting, renderer: Renderer) -> APIRouter:
    """The routes of the figures' pages."""
    pages = Pages(service, renderer)
    routes = APIRouter()
    routes.add_api_route(ADDRESS, pages.all_of_them, methods=["GET"], response_model=None)
    routes.add_api_route(f"{ADDRESS}/{{figure}}", pages.one, methods=["GET"], response_model=None)
    routes.add_api_route(f"{ADDRESS}/{{figure}}/tickets", pages.tickets, methods=["GET"], response_model=None)
    return routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who was let in, what they ask, and by which directory it is answered."""

    told: Pass
    directory: Directory
    question: Question
    trouble: str | None
    now: datetime

    @property
    def sight(self) -> Sight:
        """Which tickets they read."""
        known = self.directory
        return sight_of(self.told.unit, self.told.reach, units=known.units, areas=known.areas)


@dataclass(frozen=True, slots=True)
class Pages:
    """The figures' pages."""

    service: Reporting
    renderer: Renderer

    async def all_of_them(self, request: Request) -> Response:
        """All figures of a period."""
        visit = _undivided(await self._visit(request))
        visit, answered = await self._answered(visit)
        published = answered.published
        page = FiguresPage(
            staff=staff_of(visit.told, visit.directory),
            filters=self._filters(visit),
            fresh=_fresh(answered),
            parts={
                part: [shown_of(FIGURES[each], answered.total, visit.question) for each in figures]
                for part, figures in PARTS.items()
            },
            published_at=published.published_at if published else None,
            unpublished=answered.unpublished,
            corrections=corrections_of(answered),
        )
        return self.renderer.render(request, "figures.html", {"page": page})

    async def one(self, request: Request, figure: str) -> Response:
        """One figure, the whole and by group."""
        definition, visit = _known(figure), await self._visit(request)
        visit = replace(visit, question=replace(visit.question, figure=definition))
        visit, answered = await self._answered(visit)
        words = Words(language_of(request), partial(self.renderer.say, request))
        groups = groups_of(definition, answered, words=words, now=visit.now)
        async with self.service.runtime.pool.acquire() as connection:
            correction = await correction_of(connection, definition, answered, groups, visit.sight)
        page = FigurePage(
            staff=staff_of(visit.told, visit.directory),
            filters=self._filters(visit),
            fresh=_fresh(answered),
            shown=shown_of(definition, answered.total, visit.question),
            beside=[shown_of(FIGURES[each], answered.total, visit.question) for each in definition.beside],
            back=f"{ADDRESS}?{query_of(replace(visit.question, by=None))}",
            apart=apart_of(definition, visit.question),
            groups=groups,
            chart=chart_of(groups, visit.question, words, visit.now),
            correction=correction,
            unpublished=answered.unpublished,
        )
        return self.renderer.render(request, "figure.html", {"page": page})

    async def tickets(self, request: Request, figure: str) -> Response:
        """The tickets behind one side of a figure."""
        definition, visit = _known(figure), _undivided(await self._visit(request))
        visit = replace(visit, question=replace(visit.question, figure=definition))
        side = side_in(request.query_params) or Side.NUMERATOR
        after = after_in(request.query_params)
        opening = Opening(
            figure=definition,
            side=side,
            question=visit.question,
            rows_max=TICKETS_ON_A_PAGE,
            sight=visit.sight,
            after=after,
        )
        async with self.service.turns.on(visit.question), self.service.runtime.pool.acquire() as connection:
            try:
                found = await tickets_behind(connection, visit.directory, opening, visit.now)
                answered = await self._answer(connection, visit)
            except (NoDenominatorError, UnknownAreaError):
                raise HTTPException(404) from None
        page = TicketsPage(
            staff=staff_of(visit.told, visit.directory),
            filters=self._filters(visit),
            shown=shown_of(definition, answered.total, visit.question),
            side=side,
            total=found.total,
            seen=found.seen,
            as_of=found.as_of,
            rows=_rows(found, visit.directory),
            next=_next(definition, side, visit.question, found),
            is_first=after is None,
        )
        return self.renderer.render(request, "figure_tickets.html", {"page": page})

    async def _visit(self, request: Request) -> Visit:
        told, now = let_in(self.service.passes, request, opens=ADDRESS), self.service.runtime.ground.clock.now()
        question, trouble = asked(request.query_params, now, self.service.config)
        directory = await self.service.directory.current()
        return Visit(told=told, directory=directory, question=question, trouble=trouble, now=now)

    async def _answered(self, visit: Visit) -> tuple[Visit, Answer]:
        """The figures asked for; of an area that the tree does not have, those of the whole, and a word about it."""
        async with self.service.turns.on(visit.question), self.service.runtime.pool.acquire() as connection:
            try:
                return visit, await self._answer(connection, visit)
            except UnknownAreaError:
                visit = replace(visit, question=replace(visit.question, area=None), trouble="unknown-area")
                return visit, await self._answer(connection, visit)

    async def _answer(self, connection: Connection, visit: Visit) -> Answer:
        within_s = self.service.config.wide_within_s
        return await answer(connection, visit.directory, visit.question, visit.now, facts_within_s=within_s)

    def _filters(self, visit: Visit) -> Filters:
        return filters_of(
            visit.question, visit.trouble, directory=visit.directory, now=visit.now, bounds=self.service.config
        )


def _known(figure: str) -> Definition:
    if figure not in FIGURES:
        raise HTTPException(404)
    return FIGURES[figure]


def _undivided(visit: Visit) -> Visit:
    """The visit without groups, which only the page of one figure has, and a word where they were asked for."""
    trouble = visit.trouble or (NOT_A_CHOICE if visit.question.by else None)
    return replace(visit, question=replace(visit.question, by=None), trouble=trouble)


def _fresh(answered: Answer) -> Fresh:
    return Fresh(as_of=answered.as_of, newest_event_at=answered.newest_event_at)


def _next(figure: Definition, side: Side, question: Question, found: Page) -> str | None:
    if found.next is None:
        return None
    return f"{ADDRESS}/{figure.id}/tickets?{query_of(question, of=side, after=cursor_of(found.next))}"


def _rows(found: Page, directory: Directory) -> Sequence[TicketShown]:
    return [
        TicketShown(
            ticket=row.ticket,
            number=row.number,
            fact=row.fact,
            at=row.at,
            minutes=row.minutes,
            unit=name_of(directory.units, row.unit),
            place=name_of(directory.places, row.place),
            area=name_of(directory.areas, row.area),
            category=name_of(directory.categories, row.category),
        )
        for row in found.rows
    ]
