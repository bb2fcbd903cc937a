"""What the commands have in common: the option for machines, and a help text with a line to copy."""

from typing import Annotated

import typer

from services.cli.wording import worded

InJson = Annotated[bool, typer.Option("--json", help=worded("help_json"))]


def help_with_example(key: str, command: str) -> str:
    """A command's help: what it does and one line to copy."""
    return f"{worded(key)}\n\n{worded('example', command=command)}"
