"""`yima erase`: a reporter who asks for it is forgotten."""

import asyncio
import unicodedata
from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.errors import NoSuchTicketError, PhotosStillThereError, TicketNumberMistypedError
from services.cli.intake_part import opened_intake
from services.cli.options import InJson
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.intake.domain.errors import UnknownTicketError
from services.intake.domain.number import is_ticket_number
from services.intake.handlers import Erasure, erase_reporter
from shared.kernel.objects import ObjectsAwayError

Number = Annotated[str, typer.Argument(help=worded("help_ticket_number"), show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help=worded("help_erase_yes"))]


def erase(number: Number, *, yes: Yes = False, json: InJson = False) -> None:
    with refusals_in_one_line():
        known_as = _typed_number(number)
    if not yes:
        typer.confirm(worded("erase_sure"), abort=True, err=True)
    with refusals_in_one_line():
        erased = asyncio.run(_erased(launch_settings(), known_as))
    typer.echo(in_json(asdict(erased)) if json else f"✓ {worded('erased', **asdict(erased))}")


def _typed_number(typed: str) -> str:
    """The number, also with spaces between and in the wide digits that a Chinese keyboard may write."""
    number = "".join(unicodedata.normalize("NFKC", typed).split())
    if not is_ticket_number(number):
        raise TicketNumberMistypedError(typed)
    return number


async def _erased(settings: LaunchSettings, number: str) -> Erasure:
    async with opened_intake(settings) as intake:
        try:
            return await erase_reporter(intake, number)
        except UnknownTicketError:
            raise NoSuchTicketError(number) from None
        except ObjectsAwayError:
            raise PhotosStillThereError from None
