"""`yima import`: another system's history taken over, or only checked line by line."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Any

import asyncpg
import typer

from services.cli.errors import (
    CommandError,
    FileEmptyError,
    FileForbiddenError,
    ImportClashError,
    ImportColumnsError,
    ImportDamagedError,
    ImportQuotationOpenError,
    ImportSeparatorIsNoCommaError,
    ImportUnreadableError,
    ImportUtf16Error,
    MappedColumnsAbsentError,
    MappingFaultyError,
    MappingSaysNothingError,
    NoSuchFileError,
    NotAFileError,
    SourceBlankError,
    SourceNotAllowedError,
)
from services.cli.intake_part import opened_intake
from services.cli.options import InJson
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded, worded_lines
from services.intake.adapters.import_files import ImportFile, Unreadable, read_mapping
from services.intake.domain.errors import (
    ColumnRepeatedError,
    ImportColumnsAbsentError,
    ImportFileDamagedError,
    ImportFileEmptyError,
    ImportFileUnreadableError,
    ImportSeparatorError,
    IntakeError,
    MappingEmptyError,
    MappingNotValidError,
)
from services.intake.domain.history import SOURCE_NAME
from services.intake.handlers import BadLine, ImportOrder, ImportProgress, check_import, import_tickets

NAME_LENGTH_MAX = 40
LONG_NUMBER = re.compile(r"\d{7}")

# What is wrong with a file as a whole, as intake and as the command line calls it.
REFUSED_WHOLE: Mapping[type[IntakeError], type[CommandError]] = {
    ImportFileDamagedError: ImportDamagedError,
    ImportFileEmptyError: FileEmptyError,
    ImportSeparatorError: ImportSeparatorIsNoCommaError,
    ColumnRepeatedError: ImportColumnsError,
    MappingEmptyError: MappingSaysNothingError,
    MappingNotValidError: MappingFaultyError,
}

# Whether it may be read is said in our words.
HistoryFile = Annotated[Path, typer.Argument(help=worded("help_import_file"), show_default=False, readable=False)]
Source = Annotated[str, typer.Option(help=worded("help_import_source"), show_default=False)]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help=worded("help_import_mapping"), readable=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help=worded("help_import_dry_run"))]


def import_history(
    file: HistoryFile, source: Source, mapping: MappingFile = None, dry_run: DryRun = False, json: InJson = False
) -> None:
    """Import, or check; exit code 1 when a line could not be taken over."""
    with refusals_in_one_line(), refused_whole(file):
        order = _order(file, source, mapping)
        encoding = order.file.encoding
        progress, bad = asyncio.run(_imported(launch_settings(), order, file, dry_run=dry_run))
    if json:
        typer.echo(in_json({"dry_run": dry_run, "encoding": encoding, **_record(progress, bad)}))
    else:
        typer.echo("\n".join(summary(progress, encoding=encoding, dry_run=dry_run)))
    raise typer.Exit(1 if progress.refused else 0)


def _order(file: Path, source: str, mapping: Path | None) -> ImportOrder:
    system = source.strip()
    if not system:
        raise SourceBlankError
    if not SOURCE_NAME.fullmatch(system):
        # It is not repeated, since it may be a phone number, or what a terminal obeys.
        raise SourceNotAllowedError
    readable_file(file)
    if mapping is not None:
        _readable_bytes(mapping)
    return ImportOrder(ImportFile(file), system, read_mapping(mapping))


def readable_file(file: Path) -> None:
    """Refuses what is no file that can be read, or has nothing in it.

    Raises:
        CommandError: it names the file as it was typed.
    """
    if not _readable_bytes(file):
        raise FileEmptyError(str(file))


def _readable_bytes(file: Path) -> int:
    """Names it as it was typed, since the folder is as often wrong as the name."""
    try:
        found = file.stat()
        if not S_ISREG(found.st_mode):
            raise NotAFileError(str(file))
        file.open("rb").close()
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFileError(str(file)) from None
    except PermissionError:
        raise FileForbiddenError(str(file)) from None
    except OSError:
        raise ImportUnreadableError(str(file)) from None
    return found.st_size


@contextmanager
def refused_whole(file: Path) -> Iterator[None]:
    """What is wrong with a file as a whole, in the command line's words."""
    try:
        yield
    except ImportColumnsAbsentError as error:
        absent = [f"{column} → {name}" for name, columns in error.absent.items() for column in columns]
        raise MappedColumnsAbsentError(", ".join(absent), file=file.name, columns=_named(error.columns)) from None
    except ImportFileUnreadableError as error:
        raise _unreadable(*error.args) from None
    except tuple(REFUSED_WHOLE) as error:
        raise REFUSED_WHOLE[type(error)](*error.args or (file.name,)) from None


def _unreadable(name: str, why: Unreadable | None = None, first: int = 0, last: int = 0) -> CommandError:
    match why:
        case Unreadable.UTF_16:
            return ImportUtf16Error(name)
        case Unreadable.QUOTATION_OPEN:
            return ImportQuotationOpenError(f"{name}:{first}", last=last)
        case None:
            return ImportUnreadableError(name)


def _named(columns: Iterable[str]) -> str:
    """The head's names. A file without one has a person's line there, of which a phone or a long text is not shown."""
    return ", ".join("…" if len(name) > NAME_LENGTH_MAX or LONG_NUMBER.search(name) else name for name in columns)


async def _imported(
    settings: LaunchSettings, order: ImportOrder, file: Path, *, dry_run: bool
) -> tuple[ImportProgress, list[BadLine]]:
    progress, bad = ImportProgress(), list[BadLine]()
    async with opened_intake(settings) as intake:
        steps: AsyncIterator[ImportProgress] = (check_import if dry_run else import_tickets)(intake, order)
        try:
            async for progress in steps:
                bad.extend(progress.bad)
                _show(progress, file)
        except asyncpg.IntegrityConstraintViolationError as error:
            # The database has answered; what else it refuses counts as away.
            raise ImportClashError(error.constraint_name or type(error).__name__) from None
    return progress, bad


def _show(progress: ImportProgress, file: Path) -> None:
    """What happens goes to the error stream, so that a result in JSON stays alone on the other."""
    for line in progress.bad:
        for reason in _reasons(line):
            typer.echo(f"✗ {file.name}:{line.number}: {reason}", err=True)
    typer.echo(f"… {worded('import_progress', read=progress.read, imported=progress.imported)}", err=True)


def _reasons(line: BadLine) -> list[str]:
    return [
        f"{each.field}: {worded(f'error_line_{each.fault.value}', limit=each.limit or 0)}" for each in line.refusals
    ]


def summary(progress: ImportProgress, *, encoding: str | None, dry_run: bool) -> list[str]:
    """What came of it; a file that brought no line at all is hardly the one that was meant."""
    counts: dict[str, object] = {
        "read": progress.read,
        "imported": progress.imported,
        "already": progress.already,
        "refused": progress.refused,
    }
    lines = worded_lines("import_checked" if dry_run else "import_done", **counts)
    if not progress.read:
        lines.append(worded("import_no_lines"))
    if dry_run and encoding and progress.columns:
        lines.append(worded("import_read_as", encoding=encoding.removesuffix("-sig"), columns=_named(progress.columns)))
    if progress.ignored_columns:
        lines.append(worded("import_ignored", columns=", ".join(sorted(progress.ignored_columns))))
    return lines


def _record(progress: ImportProgress, bad: list[BadLine]) -> dict[str, Any]:
    return {
        "read": progress.read,
        "imported": progress.imported,
        "already": progress.already,
        "refused": progress.refused,
        "ignored_columns": sorted(progress.ignored_columns),
        "bad_lines": [
            {"line": line.number, "field": each.field, "fault": each.fault.value, "remedy": each.remedy}
            for line in bad
            for each in line.refusals
        ],
    }
