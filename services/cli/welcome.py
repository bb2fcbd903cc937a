"""What a start tells the person who made it: where to look, whom to be, what to try, how to stop."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.cli.launcher import Welcome
from services.cli.terminal import qr_lines
from services.cli.wording import worded
from shared.embedded.platform import Prepared


def place_address(welcome: Welcome) -> str:
    """The report page of the sample place: what its sticker's code opens."""
    return f"{welcome.platform.origin}/r/{welcome.prepared.place_code}"


def command_out_of_reach() -> Path | None:
    """Where the command is, when typing its name alone does not find it."""
    beside = Path(sys.executable).with_name("yima")
    return beside if beside.exists() and shutil.which("yima") is None else None


def welcome_text(welcome: Welcome, *, stop_key: str, command: Path | None = None) -> str:
    """The whole welcome, as a person reads it; `command` is the one to type where its name is not enough."""
    return "\n".join(
        [
            f"✓ {worded('ready', seconds=welcome.seconds)}",
            "",
            *_addresses(welcome),
            "",
            *account_lines(welcome.prepared),
            "",
            *_next_steps(command),
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
    if welcome.prepared.sandbox_shown:
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


def _next_steps(command: Path | None) -> Iterator[str]:
    yield worded("next_title")
    for key in ("next_report", "next_demo", "next_kpi"):
        yield f"  {worded(key)}"
    if command is not None:
        yield f"  {worded('next_command', command=command)}"
