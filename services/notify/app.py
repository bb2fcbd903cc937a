"""The composition root of notify: what it is made of, and where it answers."""

import asyncio
from functools import partial
from pathlib import Path
from typing import get_args

from fastapi import FastAPI

from services.notify.adapters.provider import Outcome, SmsProvider
from services.notify.adapters.sandbox import SandboxProvider
from services.notify.adapters.twilio import TwilioAccount, TwilioProvider
from services.notify.adapters.wording import message_wording
from services.notify.api import notifications, twilio
from services.notify.config import Config
from services.notify.handlers import Notify, Sender, Waiting
from services.notify.pages import sandbox
from services.notify.projections import project
from services.notify.queries import SQL_FOLDER
from services.notify.reactions import reactions
from shared.contracts.codec import decode
from shared.contracts.notify import TOPIC
from shared.directory import DIRECTORY, DirectoryFollower
from shared.kernel import metrics, problems
from shared.kernel.kafka import Topic
from shared.kernel.loops import Role
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.privacy import KEYS, Keyring, PlatformKey
from shared.web import remedies
from shared.web.rendering import Renderer, service_renderer
from shared.web.strayed import show_our_faults

NAME = "notify"
PREFIXES: tuple[str, ...] = ("/sandbox", "/api/v1/notifications", "/webhooks/twilio")
SOURCE = "/notify"
PUBLISHES: tuple[Topic, ...] = (Topic(TOPIC),)
# Only figures are made from what notify tells, six events a ticket: sent together, they are one send and one batch.
GATHER_S = 0.05
# Nobody sends us more than a provider's receipt.
BODY_BYTES_MAX = 64 * 1024
COMPONENTS: tuple[Component, ...] = (KERNEL, KEYS, DIRECTORY, Component(NAME, SQL_FOLDER / "migrations"))


async def open_service(ground: Ground, config: Config) -> Notify:
    """Open the service; its loops are added and not started.

    Raises:
        OSError: the database does not answer.
    """
    runtime = await open_runtime(ground, decode, project)
    keyring = Keyring(PlatformKey(config.platform_key.get_secret_value()))
    now = ground.clock.now
    service = Notify(
        config,
        runtime,
        keyring,
        DirectoryFollower(runtime.pool, ground.clock),
        _provider(config, runtime, keyring),
        message_wording(config.public_url, now),
    )
    # From nought on: a counter that begins with its first failure shows no increase by it.
    for outcome in get_args(Outcome):
        metrics.EFFECTS.labels(service=NAME, outcome=outcome.__name__)
    runtime.publish(Publication(SOURCE, {"notification": TOPIC}, gather_s=GATHER_S))
    runtime.consume(reactions, service)
    runtime.need("directory", service.directory.missing)
    for _ in range(config.senders_used):
        runtime.touch(Sender(service), timeout_s=2 * config.twilio_timeout_s)
    runtime.loops.add("waiting", Waiting(service).run, role=Role.CONSUMERS)
    runtime.loops.add("provider", partial(_hold, service.provider), role=Role.CONSUMERS)
    return service


def create_app(service: Notify) -> FastAPI:
    """Its routes. The sandbox exists only with the sandbox and where few see it, Twilio's address only with Twilio."""
    app = FastAPI(title="Yima notify", max_body_size=BODY_BYTES_MAX)
    problems.install(app, remedies.in_answers())
    add_interface(app, service)
    if service.config.provider == "twilio":
        app.include_router(twilio.routes(service, twilio_account(service.config)))
    if service.config.sandbox_shown:
        renderer = _renderer(service)
        show_our_faults(app, renderer)
        app.include_router(sandbox.routes(service, renderer))
    return app


def add_interface(app: FastAPI, service: Notify) -> None:
    """What programs may ask. Where another service describes it, there are only the settings of this one."""
    app.include_router(notifications.routes(service))


def twilio_account(config: Config) -> TwilioAccount:
    """Our account as the settings name it."""
    return TwilioAccount(
        config.twilio_account_sid,
        config.twilio_auth_token.get_secret_value(),
        config.twilio_sender,
        config.public_url,
        config.twilio_base_url,
        config.twilio_timeout_s,
    )


def _provider(config: Config, runtime: Runtime, keyring: Keyring) -> SmsProvider:
    if config.provider == "twilio":
        return TwilioProvider(twilio_account(config))
    return SandboxProvider(runtime.pool, keyring, runtime.ground.clock.now)


async def _hold(provider: SmsProvider) -> None:
    """Keep the provider until the loops stop, then let go of its connections."""
    try:
        await asyncio.Event().wait()
    finally:
        await provider.close()


def _renderer(service: Notify) -> Renderer:
    return service_renderer(
        NAME, template_dir=Path(__file__).parent / "pages" / "templates", now=service.runtime.ground.clock.now
    )
