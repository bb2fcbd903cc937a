"""What Twilio's answers and callbacks mean."""

import pytest
from twilio.base.exceptions import TwilioRestException

from services.notify.adapters.provider import Barred, Outcome, Rejected, Unknown
from services.notify.adapters.twilio import REMEDY, outcome_of_failure, outcome_of_refusal, receipt_of
from services.notify.config import Config
from shared.contracts.notify import DeliveryStatus, UnknownCause


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 21211, Rejected("21211", retryable=False)),
        (401, 20003, Barred("20003", REMEDY)),
        (403, 20005, Barred("20005", REMEDY)),
        (404, None, Barred("404", REMEDY)),
        (408, None, Rejected("408", retryable=True)),
        (429, 20429, Rejected("20429", retryable=True)),
        (500, 20500, Unknown(UnknownCause.OTHER)),
        (503, None, Unknown(UnknownCause.OTHER)),
        (302, None, Unknown(UnknownCause.OTHER)),
    ],
)
def test_only_what_is_documented_as_never_processed_is_tried_again(
    status: int, code: int | None, outcome: Outcome
) -> None:
    assert outcome_of_refusal(TwilioRestException(status, "/Messages.json", code=code)) == outcome


def test_an_exception_of_no_known_name_leaves_the_outcome_unknown() -> None:
    assert outcome_of_failure(ValueError("+8610000001234")) == Unknown(UnknownCause.OTHER)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("queued", None),
        ("sending", None),
        ("sent", None),
        ("delivered", DeliveryStatus.DELIVERED),
        ("read", DeliveryStatus.DELIVERED),
        ("undelivered", DeliveryStatus.UNDELIVERED),
        ("failed", DeliveryStatus.UNDELIVERED),
        ("canceled", DeliveryStatus.UNDELIVERED),
        ("a status of tomorrow", None),
    ],
)
def test_a_callback_is_final_only_where_its_status_is(said: str, status: DeliveryStatus | None) -> None:
    receipt = receipt_of({"MessageSid": "SM1", "MessageStatus": said, "ErrorCode": "30003"})

    assert (receipt.provider_message_id, receipt.status, receipt.code) == ("SM1", status, "30003")


def test_twilio_without_its_account_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="YIMA_NOTIFY_TWILIO_ACCOUNT_SID"):
        Config(platform_key=b"p" * 32, public_url="https://yima.test", provider="twilio")
