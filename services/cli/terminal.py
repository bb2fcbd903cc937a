"""What the command line writes: progress for who waits, one line for a refusal, JSON for machines."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import segno
import typer

from services.cli.away import FORBIDDEN_ERRORS, forbidden
from services.cli.errors import CommandError
from services.cli.wording import by_language, worded
from shared.embedded.errors import EmbeddedError
from shared.embedded.progress import Progress, Step

# Whether --json was typed. A refusal is shown far from the command's options, and before they were read when one of
# them is wrong.
asked_in_json: ContextVar[bool] = ContextVar("asked_in_json", default=False)


def show(progress: Progress) -> None:
    """Progress goes to the error stream, so that a result in JSON stays alone on the other."""
    counted = progress.step is Step.KAFKA_DOWNLOAD
    same_line = counted and sys.stderr.isatty()
    if counted and not same_line and progress.done not in (0, progress.total):
        return
    line = worded(progress.step, subject=progress.subject, done=progress.done, total=progress.total)
    last = progress.done == progress.total
    typer.echo(f"\r\x1b[2K… {line}" if same_line else f"… {line}", err=True, nl=last or not same_line)


def in_json(answer: object) -> str:
    """One object, readable by people too."""
    return json.dumps(answer, ensure_ascii=False, indent=2)


def qr_lines(address: str) -> str:
    """The address as a code that a phone reads off the terminal."""
    drawn = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue()


def show_refusal(key: str, *, detail: str = "", **values: object) -> None:
    """One line for people on the error stream; who asked in JSON gets one object where the result would have been."""
    typer.echo(f"✗ {worded(key, detail=detail, **values)}", err=True)
    if asked_in_json.get():
        message = by_language(key, detail=detail, **values)
        typer.echo(in_json({"error": key.removeprefix("error_"), "detail": detail, "message": message}))


@contextmanager
def refusals_in_one_line() -> Iterator[None]:
    """Turns what the platform refuses into one line that says what to do, and exit code 1."""
    try:
        yield
    except (CommandError, EmbeddedError) as error:
        values = error.values if isinstance(error, CommandError) else {}
        show_refusal(f"error_{type(error).__name__}", detail=error.detail, **values)
        raise typer.Exit(1) from None
    except FORBIDDEN_ERRORS as error:
        refused = forbidden(error)
        show_refusal(f"error_{type(refused).__name__}", detail=refused.detail)
        raise typer.Exit(1) from None
