"""Routing's composition root: its parts, its loops, its routes."""

from pathlib import Path

from fastapi import FastAPI

from services.routing.adapters.identity import IdentityProvider
from services.routing.adapters.passwords import Passwords
from services.routing.adapters.photos import Photos
from services.routing.api import admin as admin_api
from services.routing.api import cases
from services.routing.api import duty as duty_api
from services.routing.api import errors as api_errors
from services.routing.config import Config
from services.routing.handlers import Routing, Rulebooks
from services.routing.handlers.alarms import Alarms
from services.routing.handlers.live import Live
from services.routing.handlers.sessions import Sessions
from services.routing.pages import admin, bulk, case, contact, duty, inbox, live, passes, provider, sign_in
from services.routing.pages import errors as page_errors
from services.routing.pages.doors import RETURN, SIGNED_OUT_THERE
from services.routing.projections import projecting
from services.routing.reactions import prefetch_cases, reactions, timers_of
from shared.contracts import routing as contract
from shared.contracts.codec import decode
from shared.contracts.directory import TOPIC as DIRECTORY_TOPIC_NAME
from shared.contracts.directory import (
    AreaDefined,
    CalendarDefined,
    CategoryDefined,
    CoverDefined,
    DirectoryRecord,
    DutyDefined,
    PersonDefined,
    PlaceDefined,
    RulesDefined,
    TemplateDefined,
    UnitDefined,
)
from shared.contracts.keys import TOPIC as KEYS_TOPIC_NAME
from shared.directory import DIRECTORY, DIRECTORY_TOPIC, DirectoryFollower
from shared.kernel import problems
from shared.kernel.kafka import Topic
from shared.kernel.loops import Role
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, open_runtime
from shared.kernel.turns import Turns
from shared.privacy import KEYS, Keyring, PlatformKey
from shared.privacy.publishing import KEYS_TOPIC, key_messages
from shared.web import remedies
from shared.web.problems import PageProblem
from shared.web.rendering import service_renderer
from shared.web.security import CsrfProtection, SecurityHeaders
from shared.web.static import shared_assets

DIRECTORY_RECORDS: tuple[type[DirectoryRecord], ...] = (
    AreaDefined,
    PlaceDefined,
    UnitDefined,
    PersonDefined,
    DutyDefined,
    CoverDefined,
    CategoryDefined,
    RulesDefined,
    TemplateDefined,
    CalendarDefined,
)

NAME = "routing"
SOURCE = "/routing"
INTERFACES = ("/api/v1/cases", "/api/v1/duty", "/api/v1/admin")
PREFIXES: tuple[str, ...] = ("/desk", *INTERFACES)
PUBLISHES: tuple[Topic, ...] = (Topic(contract.TOPIC), DIRECTORY_TOPIC, KEYS_TOPIC)
COMPONENTS: tuple[Component, ...] = (
    KERNEL,
    KEYS,
    DIRECTORY,
    Component(NAME, Path(__file__).parent / "sql" / "migrations"),
)


async def open_service(ground: Ground, config: Config) -> Routing:
    """The service with its loops ready to start.

    Raises:
        OSError: the database does not answer.
    """
    runtime = await open_runtime(ground, decode)
    directory = DirectoryFollower(runtime.pool, ground.clock)
    keyring = Keyring(PlatformKey(config.platform_key))
    runtime.store.project = projecting(directory)
    photos = Photos.kept(config.data_dir, config.photos_bucket)
    passwords = Passwords(config.password_time_cost, config.password_memory_kib)
    open_pages = Live(runtime.pool)
    service = Routing(
        config,
        runtime,
        Turns(),
        keyring,
        directory,
        Rulebooks(directory),
        photos,
        passwords,
        open_pages,
        Sessions(runtime.pool, ground.clock, config.local_accounts),
        provider_of(config, ground),
    )
    runtime.store.on_commit.append(open_pages.told)
    runtime.loops.add("live", open_pages.run, role=Role.WEB)
    runtime.loops.add("alarms", Alarms(runtime.pool, directory, ground.clock.now).run, role=Role.CONSUMERS)
    runtime.publish(publication(keyring))
    runtime.consume(reactions, service)
    runtime.need("directory", directory.missing)
    runtime.use("photos", photos.evidence)
    runtime.keep_time(timers_of(service), prefetch_cases)
    return service


def provider_of(config: Config, ground: Ground) -> IdentityProvider | None:
    """The identity provider that staff sign in with, where there is one."""
    if not config.oidc_issuer:
        return None
    return IdentityProvider(
        issuer=config.oidc_issuer,
        client_id=config.oidc_client_id,
        client_secret=config.oidc_secret(),
        scope=config.oidc_scope,
        claim=config.oidc_claim,
        redirect_uri=f"{config.public_url}{RETURN}",
        timeout_s=config.oidc_timeout_s,
        now=ground.clock.now,
    )


def publication(keyring: Keyring) -> Publication:
    """Cases to their topic, the directory's records and the staff's keys to those of state."""
    kinds = {record.kind: DIRECTORY_TOPIC_NAME for record in DIRECTORY_RECORDS}
    return Publication(
        SOURCE,
        {"case": contract.TOPIC, "shifts": contract.TOPIC, **kinds},
        keyed_by_stream=frozenset({DIRECTORY_TOPIC_NAME}),
        states_topic=KEYS_TOPIC_NAME,
        current_states=key_messages(keyring, SOURCE),
    )


def create_app(service: Routing) -> FastAPI:
    """The desk and its interface for machines."""
    now = service.runtime.ground.clock.now
    renderer = service_renderer(NAME, template_dir=Path(__file__).parent / "pages" / "templates", now=now)
    app = FastAPI(title="Yima routing", max_body_size=service.config.body_megabytes_max * 1024 * 1024)
    # First, since a request is held against each address before its own; and not as included routers, in which it would
    # be looked for twice.
    add_interface(app, service)
    for pages in (sign_in, provider, passes, inbox, bulk, duty, admin, live, contact, case):
        app.include_router(pages.router(service, renderer), include_in_schema=False)
    app.router.routes.append(shared_assets().route())
    problems.install(app, remedies.in_answers())
    api_errors.install(app)
    page_errors.install(app, renderer)
    app.add_middleware(
        CsrfProtection,
        secret=service.config.session_key,
        now=now,
        refused=lambda request: renderer.problem(request, PageProblem.FORM_EXPIRED),
        exempt=(*INTERFACES, SIGNED_OUT_THERE),
    )
    app.add_middleware(SecurityHeaders)
    return app


def add_interface(app: FastAPI, service: Routing) -> None:
    """What programs may ask. Where another service describes it, there are only the settings of this one."""
    for programs in (cases, duty_api, admin_api):
        app.router.routes.extend(programs.router(service).routes)
