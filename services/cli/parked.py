"""`yima parked`: what a service has set aside, why, and what may be done about it."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from services.cli.errors import NotTriedError, ParkedInSeveralError, ParkedNowhereError
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.service_tables import chosen, stores_of, tables_of
from services.cli.serving import ServiceName
from services.cli.settings import launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import moment, worded
from shared.embedded.platform import Platform
from shared.embedded.processes import ticks
from shared.kernel.parking import (
    NothingParkedError,
    ParkedRecord,
    ParkedStream,
    parked_records,
    parked_streams,
    request_retry,
)
from shared.kernel.parking import drop as drop_first

# The running service looks once a second; what it tries may take a while on a busy machine.
TRIED_WITHIN_S = 20
LOOK_EVERY_S = 0.2

parked_app = Commands(help=worded("help_parked"))

Stream = Annotated[str, typer.Argument(help=worded("help_parked_stream"), show_default=False)]
OfService = Annotated[ServiceName | None, typer.Option("--service", help=worded("help_parked_service"))]


@parked_app.command("list", help=help_with_example("help_parked_list", "yima parked list --json"))
def list_parked(service: OfService = None, json: InJson = False) -> None:
    with refusals_in_one_line():
        streams = asyncio.run(_streams(stores_of(launch_settings()), service))
    if json:
        typer.echo(in_json({"parked": [_as_record(each) for each in streams]}))
        return
    for each in streams:
        typer.echo(_stream_line(each))
    if not streams:
        typer.echo(f"✓ {worded('parked_none')}")


@parked_app.command("show", help=help_with_example("help_parked_show", "yima parked show case-0190"))
def show(stream: Stream, service: OfService = None, json: InJson = False) -> None:
    with refusals_in_one_line():
        records = asyncio.run(_records(stores_of(launch_settings()), service, stream))
    if json:
        typer.echo(in_json({"records": [_as_record(each) for each in records]}))
        return
    for each in records:
        typer.echo(
            worded(
                "parked_record",
                service=each.consumer,
                publisher=each.publisher,
                version=each.version,
                why=_why(each),
                at=moment(each.parked_at),
                place=f"{each.topic}/{each.partition}/{each.record_offset}",
            )
        )


@parked_app.command("retry", help=help_with_example("help_parked_retry", "yima parked retry case-0190"))
def retry(stream: Stream, service: OfService = None, json: InJson = False) -> None:
    with refusals_in_one_line():
        left = asyncio.run(_retried(stores_of(launch_settings()), service, stream))
    if json:
        typer.echo(in_json({"stream": stream, "went_on": not left, "parked": [_as_record(each) for each in left]}))
    elif left:
        for each in left:
            typer.echo(f"✗ {worded('parked_still')} {_stream_line(each)}", err=True)
    else:
        typer.echo(f"✓ {worded('parked_went_on', stream=stream)}")
    raise typer.Exit(1 if left else 0)


@parked_app.command(
    "drop", help=help_with_example("help_parked_drop", 'yima parked drop case-0190 --because "told twice"')
)
def drop(
    stream: Stream,
    because: Annotated[str, typer.Option(help=worded("help_parked_because"), show_default=False)],
    service: OfService = None,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        dropped = asyncio.run(_dropped(stores_of(launch_settings()), service, stream, because))
    if json:
        typer.echo(
            in_json({"dropped": {"service": dropped.consumer, "stream": stream, "version": dropped.first_version}})
        )
    else:
        typer.echo(f"✓ {worded('parked_dropped', stream=stream, version=dropped.first_version)}")


async def _streams(platform: Platform, service: ServiceName | None, stream: str | None = None) -> list[ParkedStream]:
    found: list[ParkedStream] = []
    for name in chosen(service):
        async with tables_of(platform, name) as connection:
            found += [each for each in await parked_streams(connection) if stream in {None, each.stream}]
    return found


async def _parked(platform: Platform, service: ServiceName | None, stream: str) -> list[ParkedStream]:
    found = await _streams(platform, service, stream)
    if not found:
        raise ParkedNowhereError(stream)
    return found


async def _records(platform: Platform, service: ServiceName | None, stream: str) -> list[ParkedRecord]:
    found = await _parked(platform, service, stream)
    records: list[ParkedRecord] = []
    for each in found:
        async with tables_of(platform, ServiceName(each.consumer)) as connection:
            records += await parked_records(connection, stream)
    return records


async def _retried(platform: Platform, service: ServiceName | None, stream: str) -> Sequence[ParkedStream]:
    """What is still parked after the running services have tried."""
    for each in await _parked(platform, service, stream):
        async with tables_of(platform, ServiceName(each.consumer)) as connection:
            try:
                await request_retry(connection, stream)
            except NothingParkedError:
                continue
    async for _ in ticks(seconds=TRIED_WITHIN_S, pause_seconds=LOOK_EVERY_S):
        left = await _streams(platform, service, stream)
        if not any(each.retry_requested for each in left):
            return left
    raise NotTriedError(stream)


async def _dropped(platform: Platform, service: ServiceName | None, stream: str, because: str) -> ParkedStream:
    found = await _parked(platform, service, stream)
    if len(found) > 1:
        raise ParkedInSeveralError(", ".join(each.consumer for each in found))
    async with tables_of(platform, ServiceName(found[0].consumer)) as connection:
        try:
            await drop_first(connection, stream, version=found[0].first_version, because=because, by=getpass.getuser())
        except NothingParkedError:
            raise ParkedNowhereError(stream) from None
    return found[0]


def _stream_line(parked: ParkedStream) -> str:
    return worded(
        "parked_stream",
        service=parked.consumer,
        stream=parked.stream,
        count=parked.records,
        version=parked.first_version,
        why=_why(parked),
        at=moment(parked.parked_at),
    )


def _why(parked: ParkedStream | ParkedRecord) -> str:
    """The reason's word, and where it failed or what it waits for."""
    detail = parked.error or parked.waiting_for
    return f"{parked.reason} ({detail})" if detail else parked.reason


def _as_record(parked: ParkedStream | ParkedRecord) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | None) else str(value) for name, value in asdict(parked).items()
    }
