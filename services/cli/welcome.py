"""What a start tells the person who made it: where to look, whom to be, what to try, how to stop."""

from collections.abc import Iterator
from typing import Any

from services.cli.launcher import Welcome
from services.cli.terminal import qr_lines
from services.cli.wording import worded
from shared.embedded.platform import Prepared


def place_address(welcome: Welcome) -> str:
    """The report page of the sample place: what its sticker's code opens."""
    return f"{welcome.platform.origin}/r/{welcome.prepared.place_code}"


def welcome_text(welcome: Welcome, *, stop_key: str) -> str:
    """The whole welcome, as a person reads it."""
    return "\n".join(
        [
            f"✓ {worded('ready', seconds=welcome.seconds)}",
            "",
            *_addresses(welcome),
            "",
            *account_lines(welcome.prepared),
            "",
            *_next_steps(),
            "",
            worded(stop_key, data_dir=welcome.platform.data_dir),
        ]
    )


def welcome_record(welcome: Welcome) -> dict[str, Any]:
    """The same for machines."""
    return {
        "origin": welcome.platform.origin,
        "report_page": place_address(welcome),
        "place_code": welcome.prepared.place_code,
        "accounts": account_records(welcome.prepared),
        "data_dir": str(welcome.platform.data_dir),
        "seconds_to_ready": round(welcome.seconds, 1),
    }


def _addresses(welcome: Welcome) -> Iterator[str]:
    origin = welcome.platform.origin
    yield qr_lines(place_address(welcome))
    yield f"{worded('url_report')}: {place_address(welcome)}"
    if welcome.platform.host == "127.0.0.1":
        yield f"  {worded('phone_needs_host')}"
    yield f"{worded('url_desk')}: {origin}/desk"
    yield f"{worded('url_sandbox')}: {origin}/sandbox"
    yield f"{worded('url_api')}: {origin}/docs"


def account_lines(prepared: Prepared) -> Iterator[str]:
    """New accounts with the passwords that are shown only now."""
    if not prepared.accounts:
        yield worded("accounts_known")
        return
    yield worded("accounts")
    for account in prepared.accounts:
        yield f"  {account.name}  {account.password}  {account.role}"


def account_records(prepared: Prepared) -> list[dict[str, str]]:
    """The same for machines."""
    return [{"name": account.name, "role": account.role, "password": account.password} for account in prepared.accounts]


def _next_steps() -> Iterator[str]:
    yield worded("next_title")
    for key in ("next_report", "next_demo", "next_kpi"):
        yield f"  {worded(key)}"
