"""SMS by Twilio: what its answers mean, and which receipts are really its own.

A 429 is documented as never processed, so it is tried again, later and later as Twilio asks; it documents no time of
its own to wait. What it says of our account says nothing of the message, which waits until the account is mended.
Nothing of the kind is promised for a 5xx: the message may be on its way, so it is unknown until a receipt says more. A
connection that never came about sent nothing.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from services.notify.adapters.provider import Accepted, Barred, Outcome, Rejected, Sms, Unknown
from shared.contracts.notify import DeliveryStatus, UnknownCause

CALLBACK_PATH = "/webhooks/twilio/status"
TIMEOUT_S = 10.0

# The library writes requests to its logger; addresses and headers of a provider are nobody's reading.
_SILENT = logging.Logger("twilio-silent", level=logging.CRITICAL + 1)  # noqa: LOG001 - detached on purpose.

# The credentials are wrong, the account is suspended or closed, or there is none of that id.
_ACCOUNT_REFUSED = frozenset({401, 403, 404})
REMEDY = (
    "Twilio refuses the account: correct YIMA_NOTIFY_TWILIO_ACCOUNT_SID and YIMA_NOTIFY_TWILIO_AUTH_TOKEN, "
    "or see to the account, then restart notify; messages wait"
)
# The request did not arrive whole, came too early, or was one of too many.
_NEVER_PROCESSED = frozenset({408, 425, 429})

# Names of the transport's exceptions before anything was sent; they are its own, so they are known by name.
_NEVER_CONNECTED = frozenset({"ClientConnectorError", "ClientConnectorDNSError", "ClientConnectorSSLError"})

_STATUSES: Mapping[str, DeliveryStatus] = {
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.UNDELIVERED,
    "failed": DeliveryStatus.UNDELIVERED,
    "canceled": DeliveryStatus.UNDELIVERED,
}


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """How to reach Twilio, and who we are there."""

    account_sid: str
    auth_token: str
    sender: str
    public_url: str
    base_url: str | None = None
    timeout_s: float = TIMEOUT_S

    def callback_url(self, notification_id: UUID) -> str:
        """Where Twilio reports about this message; by it even a send whose answer was lost is settled."""
        return f"{self.public_url}{CALLBACK_PATH}?notification={notification_id}"


class TwilioProvider:
    """Sends by the `twilio` library, once each; the library's own retries stay off."""

    name = "twilio"

    def __init__(self, account: TwilioAccount) -> None:
        """Connect lazily; must be made where a loop runs."""
        self._account = account
        self._http = AsyncTwilioHttpClient(logger=_SILENT)
        self._client = Client(account.account_sid, account.auth_token, http_client=self._http)
        if account.base_url is not None:
            self._client.api.base_url = account.base_url

    async def send(self, sms: Sms) -> Outcome:
        """Create the message; the library's client has no time limit of its own, so it gets one here."""
        try:
            async with asyncio.timeout(self._account.timeout_s):
                message = await self._client.messages.create_async(
                    to=sms.phone,
                    body=sms.text,
                    status_callback=self._account.callback_url(sms.notification_id),
                    **self._sender(),
                )
        except TwilioException as refusal:
            return outcome_of_refusal(refusal)
        except Exception as error:  # noqa: BLE001 - what a transport raises is its own; unless it says so, we do not know.
            return outcome_of_failure(error)
        return Accepted(str(message.sid))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _sender(self) -> dict[str, str]:
        """A messaging service's id begins with MG; anything else is a number or a name."""
        key = "messaging_service_sid" if self._account.sender.startswith("MG") else "from_"
        return {key: self._account.sender}


def outcome_of_refusal(refusal: Any) -> Outcome:
    """What an answer other than success means, by its status; the code is Twilio's own, its words are left out."""
    status = int(getattr(refusal, "status", 0))
    code = str(getattr(refusal, "code", None) or status)
    if status in _ACCOUNT_REFUSED:
        return Barred(code, REMEDY)
    if status in _NEVER_PROCESSED:
        return Rejected(code, retryable=True)
    if 400 <= status < 500:
        return Rejected(code, retryable=False)
    return Unknown(UnknownCause.OTHER)


def outcome_of_failure(error: Exception) -> Outcome:
    """What an answer that never came means, by the exception's name alone: its words may repeat the phone."""
    name = type(error).__name__
    if name in _NEVER_CONNECTED:
        return Rejected("not_connected", retryable=True)
    return Unknown(UnknownCause.of_error(name))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a status callback says of a message."""

    provider_message_id: str
    status: DeliveryStatus | None
    code: str | None


def receipt_of(form: Mapping[str, Any]) -> Receipt:
    """Read a callback; a status that is not final only says that the message is on its way."""
    return Receipt(
        provider_message_id=str(form.get("MessageSid", "")),
        status=_STATUSES.get(str(form.get("MessageStatus", ""))),
        code=str(form["ErrorCode"]) if form.get("ErrorCode") else None,
    )


def is_signed(auth_token: str, *, url: str, form: Any, signature: str) -> bool:
    """Whether this very request comes from Twilio."""
    return bool(RequestValidator(auth_token).validate(url, form, signature))
