"""`yima district`: check a district file, see what it would change, publish it, list what was published."""

import asyncio
import getpass
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.away import AWAY_ERRORS, of_database
from services.cli.compared_editions import compared_edition, remember_edition
from services.cli.errors import (
    DistrictFaultyError,
    DistrictUnreadableError,
    OpenCasesStrandedError,
    OtherEditionError,
    StaffErasedError,
    UndialablePhoneError,
)
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.running import platform_of, running_platform
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import SHANGHAI, moment, worded
from services.routing import app as routing
from services.routing.adapters.district_file import CATALOGUE, Fault, ReadDistrict, in_words, read_district
from services.routing.domain.checks import Severity
from services.routing.domain.district import District
from services.routing.domain.stranding import Stranded, Why, count_of
from services.routing.handlers import Routing
from services.routing.handlers.accounts import FirstUse, ensure_accounts
from services.routing.handlers.district import (
    CasesStrandedError,
    Change,
    Compared,
    EditionChangedError,
    Published,
    StaffForgottenError,
    compare_district,
    publish_district,
)
from services.routing.queries import Edition, editions
from shared.kernel.clock import SystemClock
from shared.privacy import PhoneNotValidError
from shared.web.catalogues import load_catalogues
from shared.web.language import LANGUAGES

district_app = Commands(help=worded("help_district"))

SIGNS = {"added": "+", "changed": "~", "retired": "-", "moved": "↕"}

DistrictFile = Annotated[Path, typer.Argument(help=worded("help_district_file"), show_default=False, readable=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """How a file is published: whether stranded cases move with it, over which edition, and who says so."""

    reassign: bool
    expect: int | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a publication brought: its changes, and accounts for people who are new."""

    published: Published
    accounts: list[FirstUse]


@district_app.command("check", help=help_with_example("help_district_check", "yima district check my-district.yaml"))
def check(file: DistrictFile, json: InJson = False) -> None:
    with refusals_in_one_line():
        read = _read(_content(file))
    if json:
        typer.echo(in_json({"publishable": read.publishable, "faults": [_fault_record(each) for each in read.faults]}))
    else:
        _show_faults(file, read)
        if read.publishable:
            typer.echo(f"✓ {worded('district_sound')}")
    raise typer.Exit(0 if read.publishable else 1)


@district_app.command("diff", help=help_with_example("help_district_diff", "yima district diff my-district.yaml"))
def diff(file: DistrictFile, json: InJson = False) -> None:
    with refusals_in_one_line():
        district = _publishable(file, _read(_content(file)))
        settings = launch_settings()
        compared = asyncio.run(_compared(settings, district))
        remember_edition(settings.data_dir, file, compared.edition)
    if json:
        typer.echo(in_json(compared_record(compared)))
    else:
        typer.echo("\n".join([*_change_lines(compared.changes), *stranded_lines(compared.stranded)]))


@district_app.command(
    "publish", help=help_with_example("help_district_publish", "yima district publish my-district.yaml")
)
def publish(
    file: DistrictFile,
    reassign: Annotated[bool, typer.Option("--reassign", help=worded("help_district_reassign"))] = False,
    expect: Annotated[int | None, typer.Option(help=worded("help_district_expect"), show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help=worded("help_district_by"), show_default=False)] = None,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        content = _content(file)
        district = _publishable(file, _read(content))
        settings = launch_settings()
        expected = expect if expect is not None else compared_edition(settings.data_dir, file)
        publishing = Publishing(reassign=reassign, expect=expected, by=by or getpass.getuser())
        outcome = asyncio.run(_publish(settings, district, content, publishing))
        remember_edition(settings.data_dir, file, outcome.published.edition)
    if json:
        typer.echo(in_json(_outcome_record(outcome)))
    else:
        typer.echo("\n".join(_outcome_lines(outcome)))


@district_app.command("history", help=help_with_example("help_district_history", "yima district history"))
def history(json: InJson = False) -> None:
    with refusals_in_one_line():
        listed = asyncio.run(_history(launch_settings()))
    if json:
        records = [asdict(each) | {"published_at": each.published_at.isoformat()} for each in listed]
        typer.echo(in_json({"editions": records}))
    else:
        for each in listed:
            typer.echo(worded("district_edition_line", **_edition_fields(each)))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise DistrictUnreadableError(str(file)) from None


def _read(content: bytes) -> ReadDistrict:
    return read_district(content, today=SystemClock().now().astimezone(SHANGHAI).date())


def applicable_district(file: Path) -> District:
    """What a file says, if its rules could be applied: one of a past year too, of which the coming list is missing.

    Raises:
        DistrictUnreadableError: it can not be read.
        DistrictFaultyError: it has other faults.
    """
    read = _read(_content(file))
    errors = {fault.finding.kind for fault in read.faults if fault.finding.severity is Severity.ERROR}
    return read.district if read.district and errors == {"year_missing"} else _publishable(file, read)


def _publishable(file: Path, read: ReadDistrict) -> District:
    if read.district is None or not read.publishable:
        _show_faults(file, read)
        raise DistrictFaultyError(str(file))
    return read.district


def _show_faults(file: Path, read: ReadDistrict) -> None:
    """Each as a compiler would say it, in Chinese and then in English."""
    catalogues = load_catalogues(CATALOGUE)
    for fault in read.faults:
        sign = "!" if fault.finding.severity is Severity.WARNING else "✗"
        for language in LANGUAGES:
            [line] = in_words([fault], catalogues[language])
            typer.echo(f"{sign} {file}:{line}", err=True)


def _fault_record(fault: Fault) -> dict[str, Any]:
    catalogues = load_catalogues(CATALOGUE)
    return {
        "line": fault.line,
        "column": fault.column,
        "path": fault.path,
        "kind": fault.finding.kind,
        "severity": fault.finding.severity.value,
        "message": {language: fault.message(catalogues[language]) for language in LANGUAGES},
        "remedy": {language: fault.remedy(catalogues[language]) for language in LANGUAGES},
    }


def _change_lines(changes: tuple[Change, ...]) -> list[str]:
    if not changes:
        return [f"✓ {worded('district_unchanged')}"]
    lines: list[str] = []
    for change in changes:
        lines.append(f"{SIGNS[change.what]} {change.kind} {change.id}")
        lines.extend(f"  {SIGNS[rule.what]} {rule.id}" for rule in change.rules)
    return lines


def stranded_lines(stranded: Sequence[Stranded]) -> list[str]:
    """Cases that a publication would strand, and how to publish all the same."""
    if not stranded:
        return []
    told = worded("district_stranded", count=count_of(stranded))
    return [told, *map(_stranded_line, stranded)]


WHY: Mapping[Why, str] = {
    Why.UNIT_GONE: "stranded_unit_gone",
    Why.TOLD_UNIT_GONE: "stranded_told_unit_gone",
    Why.PERSON_GONE: "stranded_person_gone",
    Why.OTHER_UNIT: "stranded_other_unit",
    Why.CALLED_UNIT_GONE: "stranded_called_unit_gone",
    Why.OTHER_VERIFIER: "stranded_other_verifier",
    Why.OTHER_ANSWERER: "stranded_other_answerer",
    Why.FOLLOW_UP_UNIT_GONE: "stranded_follow_up_unit_gone",
}


def _stranded_line(each: Stranded) -> str:
    to_unit = each.to_unit or worded("district_no_heir")
    return f"  {each.number}  {worded(WHY[each.why])}: {each.unit} → {to_unit}"


def compared_record(compared: Compared) -> dict[str, Any]:
    """What a publication would bring, as JSON holds it."""
    return {
        "edition": compared.edition,
        "changes": [asdict(each) for each in compared.changes],
        "stranded": [_stranded_record(each) for each in compared.stranded],
    }


def _stranded_record(each: Stranded) -> dict[str, Any]:
    return asdict(each) | {"case_id": str(each.case_id)}


def _outcome_lines(outcome: Outcome) -> list[str]:
    lines = _change_lines(outcome.published.changes)
    if outcome.published.changes:
        count = len(outcome.published.changes)
        lines.append(f"✓ {worded('district_published', edition=outcome.published.edition, count=count)}")
    lines.extend(_stranded_line(each) for each in outcome.published.moved)
    if outcome.published.moved:
        lines.append(f"✓ {worded('district_moved', count=count_of(outcome.published.moved))}")
    if outcome.accounts:
        lines.append(worded("accounts"))
        lines.extend(f"  {each.person}  {each.password}  {each.role}" for each in outcome.accounts)
    return lines


def _outcome_record(outcome: Outcome) -> dict[str, Any]:
    return {
        "edition": outcome.published.edition,
        "changes": [asdict(each) for each in outcome.published.changes],
        "moved": [_stranded_record(each) for each in outcome.published.moved],
        "accounts": [asdict(each) for each in outcome.accounts],
    }


def _edition_fields(edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.edition,
        "at": moment(edition.published_at),
        "changed": edition.changed,
        "retired": edition.retired,
        "sha256": edition.file_sha256[:12],
        "by": edition.published_by or "–",
    }


@asynccontextmanager
async def opened_routing(settings: LaunchSettings) -> AsyncIterator[Routing]:
    """Routing without its loops, on the platform that runs here or on the database that was named."""
    # Imported here because it brings in all four services, which checking a file does without.
    from services import composed

    named = settings.database_url is not None
    platform = platform_of(settings, host=settings.host, port=settings.port) if named else running_platform(settings)
    [part] = [part for part in composed.parts_of(platform) if part.root is routing]
    try:
        service = await routing.open_service(part.ground, part.config)
    except AWAY_ERRORS as error:
        raise of_database(error) from None
    try:
        yield service
    except StaffForgottenError as error:
        raise StaffErasedError(error.detail) from None
    except PhoneNotValidError:
        raise UndialablePhoneError from None
    except CasesStrandedError as error:
        typer.echo("\n".join(stranded_lines(error.stranded)), err=True)
        raise OpenCasesStrandedError(str(count_of(error.stranded))) from None
    except EditionChangedError as error:
        raise OtherEditionError(f"{error.expected} → {error.found}") from None
    finally:
        await service.runtime.stop()


async def _compared(settings: LaunchSettings, district: District) -> Compared:
    async with opened_routing(settings) as service:
        return await compare_district(service, district)


async def _publish(settings: LaunchSettings, district: District, content: bytes, how: Publishing) -> Outcome:
    digest = hashlib.sha256(content).hexdigest()
    async with opened_routing(settings) as service:
        # One that was never compared is published over what is valid now, and not over what comes meanwhile.
        expected = how.expect if how.expect is not None else await _valid_edition(service)
        published = await publish_district(
            service, district, file_sha256=digest, expected=expected, reassign=how.reassign, by=how.by
        )
        return Outcome(published=published, accounts=await ensure_accounts(service))


async def _valid_edition(service: Routing) -> int | None:
    listed = await editions(service.runtime.pool)
    return listed[0].edition if listed else None


async def _history(settings: LaunchSettings) -> list[Edition]:
    async with opened_routing(settings) as service:
        return await editions(service.runtime.pool)
