"""Where the sandbox shows what it took."""

import pytest

from services.notify.config import Config


def config(host: str, *, provider: str = "sandbox", shown: bool = False) -> Config:
    twilio = {"twilio_account_sid": "AC0", "twilio_auth_token": "t", "twilio_sender": "+8610000009999"}
    return Config.model_validate(
        {
            "platform_key": b"p" * 32,
            "public_url": "https://yima.test",
            "host": host,
            "provider": provider,
            "sandbox_shown_beyond_loopback": shown,
            **twilio,
        }
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_the_sandbox_is_shown_on_this_machine(host: str) -> None:
    assert config(host).sandbox_shown


@pytest.mark.parametrize("host", ["::", "192.0.2.7", "yima.example", ""])
def test_the_sandbox_is_shown_to_others_only_where_somebody_says_so(host: str) -> None:
    assert (config(host).sandbox_shown, config(host, shown=True).sandbox_shown) == (False, True)


def test_another_provider_has_no_sandbox() -> None:
    assert not config("127.0.0.1", provider="twilio", shown=True).sandbox_shown
