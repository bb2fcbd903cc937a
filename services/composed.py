"""All four services as one ASGI application in one process: the same code, Kafka and PostgreSQL as when apart."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretBytes, ValidationError
from pydantic_settings import BaseSettings, SettingsError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from services import problem_pages
from services.api_reference import reference_page
from services.intake import app as intake
from services.intake.config import Config as IntakeConfig
from services.notify import app as notify
from services.notify.config import Config as NotifyConfig
from services.reporting import app as reporting
from services.reporting.config import Config as ReportingConfig
from services.routing import app as routing
from services.routing.adapters.district_file import read_district
from services.routing.config import Config as RoutingConfig
from services.routing.handlers import Routing
from services.routing.handlers.accounts import ensure_accounts
from services.routing.handlers.district import publish_district
from shared.directory import Directory
from shared.directory.following import read_directory
from shared.embedded.errors import ServiceSettingError
from shared.embedded.platform import FirstUseAccount, Platform, Prepared
from shared.embedded.platform_secrets import PlatformSecrets
from shared.embedded.progress import Progress, Report, Step
from shared.kernel import health, machine, metrics, problems
from shared.kernel.clock import SystemClock
from shared.kernel.kafka import Broker, ensure_topics
from shared.kernel.loops import Role
from shared.kernel.migrations import migrate
from shared.kernel.runtime import Ground
from shared.web import remedies, strayed
from shared.web.callers import BehindProxies, is_within
from shared.web.catalogues import SHARED_DOMAIN
from shared.web.rendering import TEMPLATES, service_renderer
from shared.web.security import SecurityHeaders
from shared.web.static import shared_assets

SERVICES = ("intake", "routing", "notify", "reporting")
READY_WITHIN_S = 15.0
DISTRICT_NOT_WHOLE = "still reading the district that another service knows"
PILOT_DAY = date(2026, 1, 1)
# The front takes no body; so much is read of one that went astray.
BODY_BYTES_MAX = 64 * 1024
PILOT = Path(__file__).parents[1] / "districts" / "pilot.yaml"


class PilotNotPublishableError(Exception):
    """The pilot's district file has faults; `yima district check districts/pilot.yaml` lists them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One service: its composition root, and what it is told."""

    root: Any
    config: Any
    ground: Ground


@dataclass(frozen=True, slots=True)
class Unopened:
    """A service that runs elsewhere, as far as it is known here: by its settings."""

    config: Any


@dataclass(slots=True)
class WholeDistrict:
    """Whether these services know the same district: asked until they do, since a later edition takes but a moment.

    Of a district that is just being published, the topic may have held nothing yet when a service began to read it.
    """

    services: Mapping[str, Any]
    _is_everywhere: bool = False

    async def missing(self, name: str) -> str | None:
        """What one of them lacks of what another knows."""
        if self._is_everywhere:
            return None
        extents = {each: await service.directory.extent() for each, service in self.services.items()}
        # Routing says what the district is: others may know more than one that was restored to an earlier point.
        whole = extents.get(routing.NAME, max(extents.values()))
        self._is_everywhere = (0, 0) < whole <= min(extents.values())
        return DISTRICT_NOT_WHOLE if extents[name] < whole else None


def parts_of(platform: Platform) -> Sequence[Part]:
    """The four services on this platform."""
    given = platform.keys_file
    keys = PlatformSecrets.read(given) if given else PlatformSecrets.of(platform.data_dir)
    common: dict[str, Any] = {
        "platform_key": keys.platform_key,
        "public_url": platform.public_url,
        "hmac_key": keys.hmac_key,
        "session_key": keys.session_key,
        "data_dir": platform.data_dir,
        "photos_bucket": platform.photos_bucket,
        "allow_unassigned_phones": platform.allow_unassigned_phones,
    }
    configs = (
        (intake, config_of(IntakeConfig, **common)),
        (routing, config_of(RoutingConfig, **common)),
        (
            notify,
            config_of(
                NotifyConfig,
                platform_key=SecretBytes(keys.platform_key),
                public_url=platform.public_url,
                host=platform.public_host,
            ),
        ),
        (reporting, config_of(ReportingConfig, session_key=keys.session_key)),
    )
    return [Part(root, config, ground_of(platform, root.NAME)) for root, config in configs]


def config_of(kind: type[BaseSettings], **values: Any) -> BaseSettings:
    """A service's settings, the rest of them from the environment.

    Raises:
        ServiceSettingError: with the name of each that can not be used.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        # What is wrong between several has no place, and says itself which.
        wrong = [
            str(each["loc"][0]).upper() if each["loc"] else each["msg"].removeprefix("Value error, ")
            for each in error.errors()
        ]
    except SettingsError as error:
        # A list that is no JSON does not get as far as its validation.
        wrong = [name.upper() for name in re.findall(r'field "(\w+)"', str(error))]
    prefix = kind.model_config.get("env_prefix", "")
    named = [f"{prefix}{each}" if each.isupper() else each for each in dict.fromkeys(wrong)]
    raise ServiceSettingError(", ".join(named))


def ground_of(platform: Platform, name: str) -> Ground:
    """Where a service stands."""
    connections_max = platform.database_connections_max
    return Ground(name, platform.database_url, broker_of(platform), platform.clock, connections_max)


def broker_of(platform: Platform) -> Broker:
    """Where Kafka is, and how its topics are made."""
    return Broker(
        platform.kafka_bootstrap,
        platform.topic_prefix,
        platform.kafka_replication,
        platform.kafka_partitions,
        platform.kafka_account,
    )


async def prepare(platform: Platform, progress: Report) -> Prepared:
    """Bring tables, topics and the pilot district up to date; say what is new."""
    parts = parts_of(platform)
    for number, part in enumerate(parts, 1):
        progress(Progress(Step.MIGRATE, part.root.NAME, number, len(parts)))
        await migrate(
            part.ground.database_url,
            schema=part.ground.name,
            role=part.ground.role,
            components=part.root.COMPONENTS,
        )
    progress(Progress(Step.CREATE_TOPICS))
    await ensure_topics(parts[0].ground.broker, {topic for part in parts for topic in part.root.PUBLISHES})
    progress(Progress(Step.PUBLISH_DISTRICT, PILOT.name))
    by_root = {part.root: part for part in parts}
    prepared = await _publish_pilot(by_root[routing])
    return replace(prepared, sandbox_shown=by_root[notify].config.sandbox_shown)


async def _publish_pilot(part: Part) -> Prepared:
    """The pilot is published where nothing is yet; a district of one's own is never replaced by it."""
    service: Routing = await part.root.open_service(part.ground, part.config)
    try:
        directory = await service.directory.current()
        if not directory.edition:
            await _publish(service)
            directory = await read_directory(service.runtime.pool)
        accounts = await ensure_accounts(service)
        return Prepared(
            place_code=_first_place(directory),
            accounts=[FirstUseAccount(name=each.person, role=each.role, password=each.password) for each in accounts],
        )
    finally:
        await service.runtime.stop()


async def _publish(service: Routing) -> None:
    raw = await asyncio.to_thread(PILOT.read_bytes)
    # Its calendars end with its own year. It is for playing with: in later years it counts weekends and no holidays,
    # while a district of one's own is refused without this year's list.
    read = read_district(raw, today=min(service.runtime.ground.clock.now().date(), PILOT_DAY))
    if read.district is None or not read.publishable:
        raise PilotNotPublishableError
    await publish_district(service, read.district, file_sha256=hashlib.sha256(raw).hexdigest())


def _first_place(directory: Directory) -> str:
    return min((place.id for place in directory.places.values() if not place.retired), default="")


def asgi_app(
    platform: Platform, names: Collection[str] = SERVICES, roles: Collection[Role] = frozenset(Role)
) -> ASGIApp:
    """The pages and interfaces of these services behind one origin, with their loops in its lifespan.

    A process that is not for the web answers operators only.
    """
    parts, elsewhere = _divided(parts_of(platform), names)
    by_prefix: dict[str, ASGIApp] = {}
    services: dict[str, Any] = {}
    district, checks = WholeDistrict(services), _checks(parts, services)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                service = await part.root.open_service(part.ground, part.config)
                stack.push_async_callback(service.runtime.stop)
                services[part.root.NAME] = service
                service.runtime.need("district", partial(district.missing, part.root.NAME))
                service.runtime.loops.roles = roles
                if Role.WEB in roles:
                    application = part.root.create_app(service)
                    by_prefix.update(dict.fromkeys(part.root.PREFIXES, application))
                    _describe_too(front, application)
            if Role.WEB in roles:
                _describe_elsewhere(front, elsewhere)
            for service in services.values():
                service.runtime.loops.start()
            await _until_ready(checks)
            yield

    front = _front(lifespan, checks, services)
    machine.watch(platform.data_dir, platform.backups_dir)
    _add_own_pages(front, platform, checks)
    return BehindProxies(_ByPrefix(front, by_prefix), platform.trusted_proxies)


def _front(lifespan: Lifespan[FastAPI], checks: Mapping[str, health.Check], services: Mapping[str, Any]) -> FastAPI:
    """What is answered whichever services run here."""
    front = FastAPI(
        title="Yima",
        description="一号一码 · one number, one code",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_BYTES_MAX,
    )
    problems.install(front, remedies.in_answers())
    # No service's words: those that all share.
    strayed.install(front, service_renderer(SHARED_DOMAIN, template_dir=TEMPLATES, now=SystemClock().now))
    front.add_middleware(SecurityHeaders)
    front.include_router(
        health.routes(
            checks,
            lambda: {name: each.runtime.loops.stalled() for name, each in services.items()},
            lambda: {name: each.runtime.limited() for name, each in services.items()},
        )
    )
    front.router.routes.append(shared_assets().route())
    front.router.routes.append(problem_pages.route())
    return front


def _add_own_pages(front: FastAPI, platform: Platform, checks: Mapping[str, health.Check]) -> None:
    @front.get("/", include_in_schema=False)
    async def home() -> RedirectResponse:
        return RedirectResponse("/desk")

    @front.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        assets = shared_assets()
        stylesheets = [assets.url(name) for name in ("tokens.css", "layout.css", "components.css")]
        return HTMLResponse(reference_page(front.openapi(), stylesheets=stylesheets, icon=assets.url("icon.svg")))

    @front.get("/metrics", include_in_schema=False)
    async def scraped(request: Request) -> Response:
        # They tell how busy a district is; the front stands where everybody comes by.
        if request.client is None or not is_within(request.client.host, platform.metrics_from):
            raise HTTPException(404)
        await _count_unready(checks)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _count_unready(checks: Mapping[str, health.Check]) -> None:
    """All at once: where the database is away each waits for it, and a scrape has its limit."""
    for name, troubles in zip(checks, await asyncio.gather(*(check() for check in checks.values())), strict=True):
        metrics.UNREADY.labels(service=name).set(len(troubles))


async def _until_ready(checks: Mapping[str, health.Check]) -> None:
    """Wait a while, so that the first scan finds its place; pages come up also while the broker is away."""
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN_S):
            while any([await check() for check in checks.values()]):  # noqa: ASYNC110 - polled.
                await asyncio.sleep(0.05)


def _checks(parts: Sequence[Part], services: Mapping[str, Any]) -> dict[str, health.Check]:
    def check(name: str) -> health.Check:
        async def troubles() -> Mapping[str, str]:
            if name not in services:
                return {"service": "starting"}
            found: Mapping[str, str] = await services[name].runtime.troubles()
            return found

        return troubles

    return {part.root.NAME: check(part.root.NAME) for part in parts}


def _divided(parts: Sequence[Part], names: Collection[str]) -> tuple[Sequence[Part], Sequence[Part]]:
    """Those that run here, and those that do elsewhere."""
    here = [each for each in parts if each.root.NAME in names]
    return here, [each for each in parts if each.root.NAME not in names]


def _describe_elsewhere(front: FastAPI, parts: Sequence[Part]) -> None:
    """A partner asks one front for all of it: what runs elsewhere is described here, opened and answered there."""
    for part in parts:
        application = FastAPI()
        part.root.add_interface(application, Unopened(part.config))
        _describe_too(front, application)


def _describe_too(front: FastAPI, application: FastAPI) -> None:
    """One description of the interface for partners: what each service adds stands in every front's `/docs`."""
    described = application.openapi()
    whole = front.openapi()
    whole.setdefault("paths", {}).update(described.get("paths", {}))
    components = whole.setdefault("components", {})
    for kind, named in described.get("components", {}).items():
        components.setdefault(kind, {}).update(named)


class _ByPrefix:
    """Gives each request to the service whose address it is; all else is the front's."""

    def __init__(self, front: ASGIApp, by_prefix: Mapping[str, ASGIApp]) -> None:
        self._front = front
        self._by_prefix = by_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "HEAD":
            # Answered as the GET would be; the server sends no body, since it knows what was asked.
            scope = {**scope, "method": "GET"}
        await self._responsible(scope)(scope, receive, send)

    def _responsible(self, scope: Scope) -> ASGIApp:
        path: str = scope.get("path", "")
        # The longest that fits: what stands below another's address may be of a service of its own.
        for prefix, application in sorted(self._by_prefix.items(), key=lambda each: -len(each[0])):
            if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/", "."):
                return application
        return self._front
