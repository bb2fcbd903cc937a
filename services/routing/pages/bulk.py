"""Several cases of the inbox at once: which they are, one form for all, and what came of each."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from services.routing.domain.permissions import Action, refusal
from services.routing.domain.words import cleaned, fault_in
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.acts import Given
from services.routing.handlers.bulk import (
    CASES_MAX,
    Chosen,
    ChosenCase,
    Outcome,
    act_on_each,
    acts_in_bulk,
    read_chosen,
)
from services.routing.handlers.choices import units_for
from services.routing.handlers.reading import opened
from services.routing.pages.bulk_views import BulkPage, BulkRow, Refused
from services.routing.pages.doors import signed_in
from services.routing.pages.forms import FAULTS, FORM_TOKEN_LENGTH_MAX, WORDS, mark_of, text_of
from services.routing.pages.inbox import WORDS_SHOWN_MAX
from services.routing.pages.lists import address_of, query_of, wanted_in
from services.routing.pages.names import Names, staff_of
from services.routing.pages.views import UnitChoice
from shared.contracts.directory import Name
from shared.kernel.problems import problem_name
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form
from shared.web.remedies import remedies
from shared.web.rendering import Renderer

BULK = "/desk/bulk"
CASES = "cases"
# Words in Chinese are nine characters each as forms send them.
FORM_BYTES_MAX = 64 * 1024
VERSION_DIGITS_MAX = 9
# What the page says in its own words, where the remedy is for who asks for one case, or by a program.
SAID = frozenset({"case-unknown", "changed-meanwhile", "idempotency-conflict", "race-lost", "unit-unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFilled:
    """The form's cases, words and unit, and what is wrong with them."""

    key: str
    chosen: Sequence[Chosen]
    words: str = field(repr=False)
    unit: str
    faults: Mapping[str, FieldFault]

    def as_typed(self, action: Action) -> Form:
        """To be shown again."""
        return Form({WORDS[action]: self.words, "unit": self.unit}, self.faults)


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the page."""
    bulk = Bulk(service, renderer)
    routes = APIRouter()
    routes.add_api_route(BULK, bulk.show, methods=["GET"], response_model=None)
    routes.add_api_route(
        f"{BULK}/{{action}}", bulk.act, methods=["POST"], response_model=None, max_body_size=FORM_BYTES_MAX
    )
    return routes


@dataclass(frozen=True, slots=True)
class Bulk:
    """The page and its acts."""

    service: Routing
    renderer: Renderer

    async def show(self, request: Request) -> Response:
        """The cases that were chosen, as they stand now."""
        member = await self._member(request)
        chosen = chosen_in(request.query_params.getlist(CASES))
        cases = await read_chosen(self.service, member, _ids(chosen[:CASES_MAX]))
        page = await self._page(request, member, cases)
        return self._rendered(request, replace(page, too_many=len(chosen) > CASES_MAX))

    async def act(self, request: Request, action: str) -> Response:
        """The same with each of them; or the form again, where it is amiss."""
        member = await self._member(request)
        wanted = next((each for each in acts_in_bulk(member.actor.role) if each == action), None)
        if wanted is None:
            raise HTTPException(404)
        form = filled(await request.form(), wanted)
        if not form.key:
            raise HTTPException(400)
        before = await read_chosen(self.service, member, _ids(form.chosen[:CASES_MAX]))
        if form.faults or len(form.chosen) > CASES_MAX:
            page = await self._page(request, member, before)
            shown = replace(page, action=wanted, form=form.as_typed(wanted), too_many=len(form.chosen) > CASES_MAX)
            return self._rendered(request, shown, status=422)
        given = Given(words=form.words, unit=form.unit)
        outcomes = await act_on_each(self.service, member, wanted, form.chosen, key=form.key, given=given)
        return await self._told(request, member, before, outcomes, wanted, form)

    async def _told(
        self,
        request: Request,
        member: Member,
        before: Mapping[UUID, ChosenCase],
        outcomes: Sequence[Outcome],
        action: Action,
        form: BulkFilled,
    ) -> Response:
        """What came of each; those that refused stand in the form again, as they are now."""
        refused = [each for each in outcomes if each.refusal is not None]
        rows = {row.case_id: row for row in await self._rows(request, before)}
        after = await read_chosen(self.service, member, [each.case_id for each in refused])
        page = await self._page(request, member, after)
        shown = replace(
            page,
            action=action,
            form=form.as_typed(action) if page.rows else EMPTY_FORM,
            done=[rows.get(each.case_id) for each in outcomes if each.refusal is None],
            refused=[_refused(rows.get(each.case_id), type(each.refusal)) for each in refused if each.refusal],
        )
        return self._rendered(request, shown)

    async def _member(self, request: Request) -> Member:
        member = await signed_in(self.service, request)
        if not acts_in_bulk(member.actor.role):
            raise refusal(member.actor.role, Action.REMIND)
        return member

    async def _page(self, request: Request, member: Member, cases: Mapping[UUID, ChosenCase]) -> BulkPage:
        wanted = wanted_in(request.query_params, member.sight)
        return BulkPage(
            staff=await staff_of(self.service, member),
            acts=acts_in_bulk(member.actor.role),
            rows=await self._rows(request, cases),
            units=await self._units(cases.values()),
            cases_max=CASES_MAX,
            form_token=secrets.token_urlsafe(16),
            query=query_of(wanted),
            back=address_of(wanted),
        )

    async def _rows(self, request: Request, cases: Mapping[UUID, ChosenCase]) -> list[BulkRow]:
        texts = await opened(self.service, (each.text for each in cases.values()))
        names = Names(await self.service.directory.current())
        forgotten = self.renderer.say(request, "case.forgotten")
        return [_row(each, names, texts[each.text.box] or forgotten) for each in cases.values()]

    async def _units(self, cases: Iterable[ChosenCase]) -> list[UnitChoice]:
        """Where any of them could go; to which one can not, it says itself."""
        rulebook = await self.service.rulebooks.current()
        units = {unit.id: unit for each in cases for unit in units_for(each.case, rulebook)}
        return [UnitChoice(id=unit.id, name=unit.name) for unit in units.values()]

    def _rendered(self, request: Request, page: BulkPage, *, status: int = 200) -> Response:
        return self.renderer.render(request, "bulk.html", {"page": page}, status=status)


def chosen_in(written: Iterable[str]) -> list[Chosen]:
    """Cases as forms name them, `id` or `id.version`, each once; what names none is passed over."""
    found: dict[UUID, Chosen] = {}
    for each in written:
        case_id, _, version = each.partition(".")
        try:
            chosen = Chosen(case_id=UUID(case_id), version=_version(version))
        except ValueError:
            continue
        found.setdefault(chosen.case_id, chosen)
    return list(found.values())


def filled(form: FormData, action: Action) -> BulkFilled:
    """Read the form, and check it field by field."""
    words, unit = cleaned(text_of(form, WORDS[action])), mark_of(form, "unit", length_max=FORM_TOKEN_LENGTH_MAX)
    fault = fault_in(words)
    faults = {} if fault is None else {WORDS[action]: FAULTS[fault]}
    if action is Action.TRANSFER and not unit:
        faults["unit"] = FieldFault(Fault.NOT_A_CHOICE)
    return BulkFilled(
        key=mark_of(form, "form_token", length_max=FORM_TOKEN_LENGTH_MAX),
        chosen=chosen_in(each for each in form.getlist(CASES) if isinstance(each, str)),
        words=words,
        unit=unit,
        faults=faults,
    )


def _version(written: str) -> int | None:
    known = written.isascii() and written.isdecimal() and len(written) <= VERSION_DIGITS_MAX
    return int(written) if known else None


def _ids(chosen: Iterable[Chosen]) -> list[UUID]:
    return [each.case_id for each in chosen]


def _row(each: ChosenCase, names: Names, words: str) -> BulkRow:
    case, shown = each.case, " ".join(words.split())
    return BulkRow(
        case_id=case.id,
        version=each.version,
        number=case.matter.number,
        words=shown if len(shown) <= WORDS_SHOWN_MAX else f"{shown[:WORDS_SHOWN_MAX]}…",
        place_name=names.place(case.matter.place),
        unit_name=names.unit(case.unit),
        status=case.status,
        urgent=case.matter.urgency == "urgent",
    )


def _refused(row: BulkRow | None, kind: type[Exception]) -> Refused:
    name = problem_name(kind)
    if name in SAID:
        return Refused(row=row, why=name)
    told = remedies()[name]
    return Refused(row=row, remedy=Name(zh=told["zh"], en=told["en"]))
