"""`yima staff`: a new first-use password for a member of staff who has lost theirs."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.district import opened_routing
from services.cli.errors import NoSuchAccountError
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.routing.handlers.accounts import FirstUse, UnknownAccountError, reissue_password

staff_app = Commands(help=worded("help_staff"))


@staff_app.callback(help=worded("help_staff"))
def staff_group() -> None:
    """Keeps `password` a word of the command while it is the only one."""


@staff_app.command("password", help=help_with_example("help_staff_password", "yima staff password committee-lead-1"))
def password(
    person: Annotated[str, typer.Argument(help=worded("help_person"), show_default=False)], json: InJson = False
) -> None:
    with refusals_in_one_line():
        issued = asyncio.run(_reissued(launch_settings(), person))
    typer.echo(in_json(asdict(issued)) if json else f"{issued.person}  {issued.password}  {issued.role}")


async def _reissued(settings: LaunchSettings, person: str) -> FirstUse:
    async with opened_routing(settings) as service:
        try:
            return await reissue_password(service, person)
        except UnknownAccountError:
            raise NoSuchAccountError(person) from None
