"""A pass says who is signed in at the desk, to whom the secret is known, for ten seconds."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.directory import Reach, Role
from shared.kernel.clock import SetClock
from shared.web.passes import FIGURES, PHONE_DESK, Passes

NOW = datetime(2026, 4, 28, 13, tzinfo=UTC)


def issued(clock: SetClock, secret: bytes = b"secret", opens: str = FIGURES) -> str:
    passes = Passes(secret, clock.now)
    told, _ = passes.issue(
        person="zhang", unit="grid", role=Role.DISPATCHER, reach=Reach.AREA, admin=False, takes_calls=True, opens=opens
    )
    return told


def test_a_pass_is_read_as_it_was_issued_until_its_time_is_over() -> None:
    clock = SetClock(NOW)
    passes, token = Passes(b"secret", clock.now), issued(clock)

    clock.advance(timedelta(seconds=9))
    in_time = passes.read(token)
    clock.advance(timedelta(seconds=1))

    assert in_time is not None
    assert "=" not in token
    assert (in_time.person, in_time.unit, in_time.reach) == ("zhang", "grid", Reach.AREA)
    assert passes.read(token) is None


@pytest.mark.parametrize("change", [str.lower, lambda token: token[:-1], lambda token: f"{token}0", lambda _: "a.b"])
def test_what_we_did_not_issue_opens_nothing(change: object) -> None:
    clock = SetClock(NOW)
    token = issued(clock)

    altered = change(token)  # type: ignore[operator]

    assert altered != token
    assert Passes(b"secret", clock.now).read(altered) is None


def test_another_platforms_pass_opens_nothing() -> None:
    clock = SetClock(NOW)

    assert Passes(b"secret", clock.now).read(issued(clock, b"another")) is None


def test_nothing_opens_nothing() -> None:
    assert Passes(b"secret", SetClock(NOW).now).read(None) is None


def test_a_pass_to_the_figures_opens_no_phone_desk_and_the_other_way_round() -> None:
    clock = SetClock(NOW)
    passes = Passes(b"secret", clock.now)
    to_figures, to_the_phone = issued(clock), issued(clock, opens=PHONE_DESK)

    at_the_phone = passes.read(to_the_phone, opens=PHONE_DESK)

    assert at_the_phone is not None
    assert at_the_phone.takes_calls
    assert passes.read(to_figures, opens=PHONE_DESK) is None
    assert passes.read(to_the_phone) is None
