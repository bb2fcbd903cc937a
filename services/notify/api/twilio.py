"""For Twilio: what has become of a message, believed only when signed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from services.notify.adapters.twilio import CALLBACK_PATH, TwilioAccount, is_signed, receipt_of
from services.notify.domain.commands import Report
from services.notify.domain.errors import NeverSentError
from services.notify.handlers import Notify, report
from shared.kernel.problems import ProblemError

BODY_BYTES_MAX = 16_384


class SignatureNotValidError(ProblemError):
    """The request is not signed by Twilio for this address; check YIMA_NOTIFY_TWILIO_AUTH_TOKEN and the public URL."""

    status = 403


class CallbackTooLargeError(ProblemError):
    """A status callback says its length and is small."""

    status = 413


class NothingToReportError(ProblemError):
    """No message of this id was ever handed to a provider."""

    status = 404


def routes(service: Notify, account: TwilioAccount) -> APIRouter:
    """The address that Twilio calls."""
    router = APIRouter(tags=["webhooks"])

    @router.post(CALLBACK_PATH, status_code=204, response_class=Response)
    async def take_status(
        request: Request, notification: UUID, x_twilio_signature: Annotated[str, Header()] = ""
    ) -> None:
        _check_size(request)
        form = await request.form()
        # The address as Twilio was given it: behind a proxy the request's own scheme and host are others.
        url = account.callback_url(notification)
        if not is_signed(account.auth_token, url=url, form=form, signature=x_twilio_signature):
            raise SignatureNotValidError
        receipt = receipt_of(form)
        now = service.runtime.ground.clock.now()
        try:
            await report(service, notification, Report(now, receipt.provider_message_id, receipt.status, receipt.code))
        except NeverSentError as error:
            raise NothingToReportError from error

    return router


def _check_size(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > BODY_BYTES_MAX:
        raise CallbackTooLargeError
