"""From bytes to events: old versions are upcast, unknown ones are refused."""

import json

import pytest

from shared.contracts.codec import EVENTS, UnknownEventTypeError, decode, knows
from shared.contracts.notify import SendUnknown, UnknownCause
from shared.contracts.upcasters import UPCASTERS

SEND_UNKNOWN_V1 = {
    "at": "2026-04-28T11:30:00Z",
    "notification_id": "8b2f4c1e-5a76-4d3b-9c0e-7f6a5b4c3d2e",
    "ticket_id": "8b2f4c1e-5a76-4d3b-9c0e-7f6a5b4c3d2e",
    "attempt": 1,
}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("TimeoutError", UnknownCause.TIMEOUT),
        ("ConnectTimeout", UnknownCause.TIMEOUT),
        ("ReadTimeout", UnknownCause.TIMEOUT),
        ("ConnectionResetError", UnknownCause.CONNECTION_LOST),
        ("ServerDisconnectedError", UnknownCause.CONNECTION_LOST),
        ("RemoteProtocolError", UnknownCause.CONNECTION_LOST),
        ("ReadError", UnknownCause.CONNECTION_LOST),
        ("JSONDecodeError", UnknownCause.OTHER),
    ],
)
def test_a_send_unknown_of_version_1_gets_its_cause_from_the_errors_name(error: str, cause: UnknownCause) -> None:
    event = decode("yima.notify.SendUnknown", 1, json.dumps({**SEND_UNKNOWN_V1, "cause": error}))

    assert isinstance(event, SendUnknown)
    assert event.cause is cause


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(UnknownEventTypeError, match=r"yima\.intake\.TicketSung v1"):
        decode("yima.intake.TicketSung", 1, "{}")


def test_what_is_known_is_told_without_reading_it() -> None:
    told = [knows("yima.notify.SendUnknown", version) for version in (1, 2, 3)]

    assert told == [True, True, False]
    assert not knows("yima.intake.TicketSung", 1)


def test_a_version_from_the_future_is_refused_rather_than_misread() -> None:
    with pytest.raises(UnknownEventTypeError, match=r"yima\.notify\.SendUnknown v3"):
        decode("yima.notify.SendUnknown", 3, json.dumps({**SEND_UNKNOWN_V1, "cause": "timeout"}))


def test_a_field_that_a_newer_publisher_added_is_ignored() -> None:
    fields = {**SEND_UNKNOWN_V1, "cause": "timeout", "weather": "rain"}

    event = decode("yima.notify.SendUnknown", 2, json.dumps(fields))

    assert "weather" not in event.to_json()


def test_each_version_that_was_left_behind_has_an_upcaster() -> None:
    needed = {(name, version) for name, model in EVENTS.items() for version in range(1, model.schema_version)}

    assert needed == UPCASTERS.keys()


def test_moments_are_utc_however_they_were_written() -> None:
    fields = {**SEND_UNKNOWN_V1, "at": "2026-04-28T19:30:00+08:00", "cause": "timeout"}

    event = decode("yima.notify.SendUnknown", 2, json.dumps(fields))

    assert json.loads(event.to_json())["at"] == "2026-04-28T11:30:00Z"
