"""The JSON of messages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.notify.domain.message import SendState
from services.notify.queries import MessageStatus
from shared.contracts.notify import Audience


class NotificationOut(BaseModel):
    """How far a message has come; nothing of what it says, and not to which phone."""

    id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    state: SendState
    reason: str | None
    attempts: int
    provider_message_id: str | None
    code: str | None
    queued_at: datetime
    changed_at: datetime
    retry_at: datetime | None

    @classmethod
    def of(cls, status: MessageStatus) -> "NotificationOut":
        """From its row."""
        return cls(
            id=status.id,
            ticket_id=status.ticket_id,
            audience=status.audience,
            template=status.template,
            state=status.state,
            reason=status.reason,
            attempts=status.attempts,
            provider_message_id=status.provider_message_id,
            code=status.code,
            queued_at=status.queued_at,
            changed_at=status.changed_at,
            retry_at=status.due_at if status.attempts else None,
        )


class NotificationsOut(BaseModel):
    """The messages about one ticket, the oldest first."""

    notifications: list[NotificationOut]
    total: int
