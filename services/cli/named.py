"""Stores and services that others run, as they were named to us: whether they answer and what they lack."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import asyncpg
import httpx2

from services.cli.awaiting import NOT_YET, broker_answers, database_answers, missing_tables
from services.cli.findings import Finding, Unseen
from services.cli.running import launcher
from services.cli.service_tables import roots
from services.cli.settings import LaunchSettings
from shared.embedded.processes import is_free
from shared.kernel.kafka import Broker
from shared.kernel.runtime import Ground

NETWORK_TIMEOUT_SECONDS = 10


def run_apart(settings: LaunchSettings, origins: Sequence[str]) -> bool:
    """Whether it is others' platform that is asked about, and not what `yima up` runs on this machine."""
    named = settings.database_url is not None and settings.kafka_bootstrap is not None
    return bool(origins) or (named and launcher(settings.data_dir) is None)


def origins_of(settings: LaunchSettings, typed: Sequence[str]) -> Sequence[str]:
    """Those that were typed, without the slash at their end; else the service that shares this container with us."""
    own = [] if is_free(settings.port) else [f"http://127.0.0.1:{settings.port}"]
    return [origin.rstrip("/") for origin in typed] or own


def named_database(settings: LaunchSettings) -> Iterator[Finding]:
    """Does it answer, and take our account?"""
    if (dsn := settings.database_dsn) is not None and (missing := asyncio.run(database_answers(dsn))) is not None:
        yield Finding("checked_database", {"error": missing})


def named_tables(settings: LaunchSettings) -> Iterator[Finding | Unseen]:
    """Has each service the tables that this release needs? One that does not answer has been named for that."""
    if (dsn := settings.database_dsn) is not None and asyncio.run(database_answers(dsn)) is None:
        yield from asyncio.run(_tables(dsn))


async def _tables(dsn: str) -> Sequence[Finding | Unseen]:
    found: list[Finding | Unseen] = []
    foreign: list[str] = []
    for name, root in roots().items():
        try:
            missing = await missing_tables(Ground(name.value, dsn, Broker("")), root.COMPONENTS)
        except asyncpg.InsufficientPrivilegeError:
            foreign.append(name.value)
        except NOT_YET as error:
            found.append(Finding("checked_tables", {"service": name, "missing": type(error).__name__}))
        else:
            found += [Finding("checked_tables", {"service": name, "missing": missing[0]})] if missing else []
    return [*found, Unseen("unseen_tables", {"services": ", ".join(foreign)})] if foreign else found


def named_broker(settings: LaunchSettings) -> Iterator[Finding]:
    """Does Kafka answer, and take our account where it wants one?"""
    if settings.kafka_bootstrap is None:
        return
    broker = Broker(settings.kafka_bootstrap, account=settings.kafka_account)
    if (missing := asyncio.run(broker_answers(broker))) is not None:
        yield Finding("checked_broker", {"error": missing})


def named_services(origins: Sequence[str]) -> Iterator[Finding]:
    """What each says keeps it from its work; one that does not say it is a finding, too."""
    for origin in origins:
        told = readiness(origin)
        if isinstance(told, str):
            yield Finding("checked_origin", {"origin": origin, "error": told})
        else:
            yield from in_trouble(told)


def readiness(origin: str) -> Mapping[str, Mapping[str, Mapping[str, str]]] | str:
    """What a service says of itself, or why nothing of the kind came."""
    try:
        answer = httpx2.get(f"{origin}/readyz", timeout=NETWORK_TIMEOUT_SECONDS)
        told = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return type(error).__name__
    except ValueError:
        return str(answer.status_code)
    # A proxy, or another program, answers for itself.
    return told if isinstance(told, dict) and "troubles" in told else str(answer.status_code)


def in_trouble(told: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[Finding]:
    """A finding for each service that can not do its work, or does it without a part."""
    for service, troubles in told["troubles"].items():
        yield Finding("checked_not_ready", {"service": service, "troubles": _said(troubles)})
    for service, limits in told.get("limits", {}).items():
        yield Finding("checked_limited", {"service": service, "limits": _said(limits)})


def _said(by_part: Mapping[str, str]) -> str:
    return ", ".join(f"{part}: {what}" for part, what in by_part.items())


def asked_of(settings: LaunchSettings, origins: Sequence[str]) -> Sequence[str]:
    """What was named, as a person would call it; never an address that may hold a password."""
    stores = {"database": settings.database_url, "kafka": settings.kafka_bootstrap}
    return [*(name for name, place in stores.items() if place is not None), *origins]


def unseen_apart(settings: LaunchSettings, origins: Sequence[str]) -> Iterator[Unseen]:
    """What nobody named, and what only the machine of `yima up` could show."""
    if settings.database_url is None:
        yield Unseen("unseen_database")
    if settings.kafka_bootstrap is None:
        yield Unseen("unseen_kafka")
    if not origins:
        yield Unseen("unseen_services")
    yield Unseen("unseen_machine")
