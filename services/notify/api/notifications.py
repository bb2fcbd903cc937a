"""For operators: how far the messages about a ticket have come."""

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header

from services.notify.api.schemas import NotificationOut, NotificationsOut
from services.notify.handlers import Notify
from services.notify.queries import notifications_of_ticket
from shared.kernel.description import PROBLEMS, token_described
from shared.kernel.problems import ProblemError

OPERATOR_KEY = token_described("operator key", "The key set as YIMA_NOTIFY_OPERATOR_KEY.")


class OperatorKeyError(ProblemError):
    """An operator's key is needed: send `Authorization: Bearer` with the key set as YIMA_NOTIFY_OPERATOR_KEY."""

    status = 401


def routes(service: Notify) -> APIRouter:
    """The operators' address."""
    router = APIRouter(prefix="/api/v1/notifications", tags=["operations"], responses=PROBLEMS)

    @router.get("", dependencies=[OPERATOR_KEY])
    async def list_notifications(
        ticket: UUID, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
    ) -> NotificationsOut:
        """How far each message about a ticket has come; never what it says or to whom."""
        _check(service, authorization or "")
        found = [NotificationOut.of(each) for each in await notifications_of_ticket(service.runtime.pool, ticket)]
        return NotificationsOut(notifications=found, total=len(found))

    return router


def _check(service: Notify, authorization: str) -> None:
    key = service.config.operator_key
    expected = f"Bearer {key.get_secret_value()}" if key else ""
    if not expected or not hmac.compare_digest(authorization.encode(), expected.encode()):
        raise OperatorKeyError
