"""What the command line writes: progress for who waits, one line for a refusal, JSON for machines."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import segno
import typer

from services.cli.errors import CommandError
from services.cli.wording import worded
from shared.embedded.errors import EmbeddedError
from shared.embedded.progress import Progress, Step


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


@contextmanager
def refusals_in_one_line() -> Iterator[None]:
    """Turns what the platform refuses into one line that says what to do, and exit code 1."""
    try:
        yield
    except (CommandError, EmbeddedError) as error:
        values = error.values if isinstance(error, CommandError) else {}
        typer.echo(f"✗ {worded(f'error_{type(error).__name__}', detail=error.detail, **values)}", err=True)
        raise typer.Exit(1) from None
