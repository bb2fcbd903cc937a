"""The sandbox: every message that would have gone to a phone, for people and as JSON."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel

from services.notify.domain.message import SendState as State
from services.notify.handlers import Notify
from services.notify.pages.views import SandboxMessage, SandboxPage, SendState
from services.notify.queries import POSITION_MAX, SandboxRow, sandbox_message_count, sandbox_messages
from shared.contracts.notify import Audience
from shared.kernel.description import PROBLEMS
from shared.privacy import Forgotten
from shared.web.rendering import Renderer

PAGE_SIZE = 50
JSON_SIZE_MAX = 1000


class SandboxMessageOut(BaseModel):
    """One message; recipient and text are empty once the person is forgotten."""

    position: int
    notification_id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    state: State
    recipient: str | None
    text: str | None
    segments: int
    accepted_at: AwareDatetime


class SandboxMessagesOut(BaseModel):
    """The newest messages before a position, all counted; `next_before` leads to the older ones."""

    total: int
    messages: list[SandboxMessageOut]
    next_before: int | None


def routes(service: Notify, renderer: Renderer) -> APIRouter:
    """Both addresses."""
    router = APIRouter(tags=["sandbox"], responses=PROBLEMS)
    pool = service.runtime.pool

    @router.get("/sandbox")
    async def show_sandbox(request: Request, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> HTMLResponse:
        total = await sandbox_message_count(pool)
        rows = await sandbox_messages(pool, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        forgotten = renderer.say(request, "sms.forgotten")
        messages = [_shown(row, to or forgotten, text or forgotten) for row, to, text in await _opened(service, rows)]
        page_count = max(1, -(-total // PAGE_SIZE))
        view = SandboxPage(messages=messages, total=total, page=page, page_count=page_count)
        return renderer.render(request, "sandbox.html", {"page": view})

    @router.get("/sandbox/messages.json")
    async def list_messages(
        before: Annotated[int, Query(ge=1, le=POSITION_MAX)] = POSITION_MAX,
        limit: Annotated[int, Query(ge=1, le=JSON_SIZE_MAX)] = JSON_SIZE_MAX,
    ) -> SandboxMessagesOut:
        rows = await sandbox_messages(pool, limit=limit, before=before)
        return SandboxMessagesOut(
            total=await sandbox_message_count(pool),
            messages=[_out(row, to, text) for row, to, text in await _opened(service, rows)],
            next_before=rows[-1].position if len(rows) == limit else None,
        )

    return router


async def _opened(service: Notify, rows: Sequence[SandboxRow]) -> list[tuple[SandboxRow, str | None, str | None]]:
    sealed = [value for row in rows for value in (row.recipient, row.text)]
    async with service.runtime.pool.acquire() as connection:
        opened = await service.keyring.opened_many(connection, sealed)
    texts = [None if isinstance(text, Forgotten) else text for text in opened]
    return list(zip(rows, texts[::2], texts[1::2], strict=True))


def _shown(row: SandboxRow, to: str, text: str) -> SandboxMessage:
    return SandboxMessage(
        to=to,
        at=row.accepted_at,
        audience=row.audience,
        text=text,
        state=SendState(row.state.value),
        segments=row.segments,
    )


def _out(row: SandboxRow, recipient: str | None, text: str | None) -> SandboxMessageOut:
    return SandboxMessageOut(
        position=row.position,
        notification_id=row.notification_id,
        ticket_id=row.ticket_id,
        audience=row.audience,
        template=row.template,
        state=row.state,
        recipient=recipient,
        text=text,
        segments=row.segments,
        accepted_at=row.accepted_at,
    )
