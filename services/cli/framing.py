"""The frame of a command's help (用法、选项、命令) in both languages; the framework has it in English alone."""

from collections.abc import Callable
from typing import Any

import typer

# Typer has no public names for what its commands are built of; its version is pinned, and tests read every help.
from typer._click.core import Command, Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.models import CommandFunctionType

from services.cli.wording import worded


class _Framed(Command):
    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        usage = f"{worded('frame_usage')}: "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=usage)

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = worded("frame_help")
        return option

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        _word_panels()
        super().format_help(ctx, formatter)


class FramedCommand(_Framed, TyperCommand):
    """A command whose help is in both languages from head to foot."""


class FramedGroup(_Framed, TyperGroup):
    """The same of a group of commands."""


class Commands(typer.Typer):
    """A group of commands, each of them framed."""

    def __init__(self, *, cls: type[TyperGroup] = FramedGroup, **settings: Any) -> None:
        super().__init__(cls=cls, no_args_is_help=True, **settings)

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **settings: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Add a command."""
        return super().command(name, cls=cls or FramedCommand, **settings)


def _word_panels() -> None:
    # Imported here because it brings in what draws boxes, which commands that draw none do without.
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = worded("frame_arguments")
    rich_utils.OPTIONS_PANEL_TITLE = worded("frame_options")
    rich_utils.COMMANDS_PANEL_TITLE = worded("frame_commands")
    rich_utils.REQUIRED_LONG_STRING = f"[{worded('frame_required')}]"
    # The framework puts the value in place of the braces.
    rich_utils.DEFAULT_STRING = f"[{worded('frame_default')}: {{}}]"
