"""What was typed wrongly: one line in both languages that says what to do, instead of the framework's English box."""

import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

# Typer has no public names for the errors it raises; its version is pinned, and the tests go through each of them.
from typer._click.core import Command
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperArgument, TyperGroup, TyperOption

from services.cli.framing import FramedGroup
from services.cli.terminal import asked_in_json, show_refusal

UNKNOWN_COMMAND = re.compile("No such command (?P<typed>.*)[.]")
TOO_MANY_WORDS = re.compile(r"Got unexpected extra argument[(]s[)] [(](?P<typed>.*)[)]", re.DOTALL)
QUOTES = "\"' "


class YimaGroup(FramedGroup):
    """All commands of `yima`; what cannot be carried out as typed ends here, whichever command it was meant for."""

    def main(self, args: Sequence[str] | None = None, *further: Any, **settings: Any) -> NoReturn:
        typed = list(sys.argv[1:] if args is None else args)
        before = asked_in_json.set("--json" in typed)
        try:
            # Not standalone, so that the errors come here; what then comes back is the exit code of `typer.Exit`.
            code = super().main(typed, *further, **settings | {"standalone_mode": False})
        except NoArgsIsHelpError as error:
            sys.exit(error.exit_code)
        except UsageError as error:
            command, path = self._meant(typed)
            key, values = _refusal(error, command)
            show_refusal(key, help=f"{path} --help", **{"detail": ""} | values)
            sys.exit(error.exit_code)
        except typer.Abort:
            show_refusal("error_aborted")
            sys.exit(1)
        finally:
            asked_in_json.reset(before)
        sys.exit(code if isinstance(code, int) else 0)

    def _meant(self, typed: Sequence[str]) -> tuple[Command, str]:
        """The command that the words lead to. The error itself does not always know it."""
        command: Command = self
        path = "yima"
        for word in typed:
            if not isinstance(command, TyperGroup) or word not in command.commands:
                break
            command, path = command.commands[word], f"{path} {word}"
        return command, path


def _refusal(error: UsageError, command: Command) -> tuple[str, dict[str, str]]:
    """The text, and what it names."""
    match error:
        case NoSuchOption():
            options = [name for param in command.params for name in param.opts]
            return "usage_no_such_option", {"detail": _with_nearest(error.option_name, options)}
        case BadOptionUsage():
            return _wrong_use(error, command), {"detail": _on_one_line(error.option_name)}
        case MissingParameter():
            return "usage_missing", {"detail": _name_of(error.param)}
        case BadParameter(param=TyperArgument() | TyperOption() as param):
            return _bad_value(param)
        case _:
            return _wrong_words(error.message, command)


def _wrong_use(error: BadOptionUsage, command: Command) -> str:
    flags = {
        name for param in command.params if isinstance(param, TyperOption) and param.is_flag for name in param.opts
    }
    return "usage_takes_no_value" if error.option_name in flags else "usage_needs_value"


def _bad_value(param: TyperArgument | TyperOption) -> tuple[str, dict[str, str]]:
    name, described = _name_of(param), param.type_descriptor
    if described.choices is not None:
        choices = ", ".join(str(getattr(choice, "value", choice)) for choice in described.choices)
        return "usage_not_one_of", {"detail": name, "expected": choices}
    least, most = param.min, param.max
    if least is not None and most is not None:
        return "usage_not_in_range", {"detail": name, "least": str(least), "most": str(most)}
    if least is not None:
        return "usage_too_small", {"detail": name, "least": str(least)}
    return "usage_bad_value", {"detail": name}


def _wrong_words(message: str, command: Command) -> tuple[str, dict[str, str]]:
    if (found := UNKNOWN_COMMAND.match(message)) and isinstance(command, TyperGroup):
        return "usage_no_such_command", {"detail": _with_nearest(found["typed"].strip(QUOTES), list(command.commands))}
    if found := TOO_MANY_WORDS.match(message):
        return "usage_too_many_words", {"detail": _on_one_line(found["typed"])}
    return "usage_wrong", {"detail": _on_one_line(message)}


def _name_of(param: object) -> str:
    """An option as it is typed, an argument as the help calls it."""
    match param:
        case TyperOption():
            return "/".join(param.opts)
        case TyperArgument():
            return param.display_name_raw.upper()
        case _:
            return ""


def _with_nearest(typed: str, known: Sequence[str]) -> str:
    """What was typed, with the one that was probably meant."""
    nearest = difflib.get_close_matches(typed, known, n=1)
    shown = _on_one_line(typed)
    return f"{shown} ({nearest[0]}?)" if nearest else shown


def _on_one_line(typed: str) -> str:
    """What was typed may hold line breaks and what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in typed)
