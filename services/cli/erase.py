"""`yima erase`: a reporter who asks for it is forgotten."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.errors import NoSuchTicketError
from services.cli.intake_part import opened_intake
from services.cli.options import InJson
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.intake.domain.errors import UnknownTicketError
from services.intake.handlers import Erasure, erase_reporter

Number = Annotated[str, typer.Argument(help=worded("help_ticket_number"), show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help=worded("help_erase_yes"))]


def erase(number: Number, *, yes: Yes = False, json: InJson = False) -> None:
    if not yes:
        typer.confirm(worded("erase_sure"), abort=True, err=True)
    with refusals_in_one_line():
        erased = asyncio.run(_erased(launch_settings(), number.replace(" ", "")))
    typer.echo(in_json(asdict(erased)) if json else f"✓ {worded('erased', **asdict(erased))}")


async def _erased(settings: LaunchSettings, number: str) -> Erasure:
    async with opened_intake(settings) as intake:
        try:
            return await erase_reporter(intake, number)
        except UnknownTicketError:
            raise NoSuchTicketError(number) from None
