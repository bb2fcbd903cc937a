"""Intake's composition root: its parts, its loops, its addresses."""

import asyncio
from contextlib import suppress
from pathlib import Path

from fastapi import FastAPI

from services.intake import api, pages
from services.intake.adapters.photos import PhotoStore
from services.intake.config import Config
from services.intake.handlers import Access, Intake
from services.intake.handlers.numbers import Numbers
from services.intake.handlers.photos import sweep_photos
from services.intake.handlers.reporters import Reporters
from services.intake.reactions import reactions
from shared.contracts import intake as contract
from shared.contracts.codec import decode
from shared.directory import DIRECTORY, DirectoryFollower
from shared.kernel import problems
from shared.kernel.kafka import Topic
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.objects import Objects, ObjectsAwayError
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, open_runtime
from shared.kernel.together import AppendTogether
from shared.privacy import KEYS, Keyring, PlatformKey
from shared.privacy.publishing import KEYS_TOPIC, key_messages
from shared.web import remedies

NAME = "intake"
SOURCE = f"/{NAME}"
PREFIXES = ("/r", "/t", "/api/v1/tickets", "/api/v1/places", "/desk/phone")
TOPIC = Topic(contract.TOPIC)
PUBLISHES = (TOPIC, KEYS_TOPIC)
COMPONENTS = (KERNEL, KEYS, DIRECTORY, Component(NAME, Path(__file__).parent / "sql" / "migrations"))

TIDY_EVERY_S = 600.0


async def open_service(ground: Ground, config: Config) -> Intake:
    """Everything in its place, the loops added and not yet started.

    Raises:
        OSError: the database does not answer.
    """
    runtime = await open_runtime(ground, decode)
    keyring = Keyring(PlatformKey(config.platform_key))
    photos = Objects.below(config.data_dir, "photos", config.photos_bucket)
    intake = Intake(
        config=config,
        runtime=runtime,
        keyring=keyring,
        directory=DirectoryFollower(runtime.pool, ground.clock),
        numbers=Numbers(runtime.pool),
        reporters=Reporters(runtime.pool, keyring, ground.clock, config.hmac_key),
        access=Access(runtime.pool, ground.clock, config.hmac_key),
        photos=PhotoStore(photos),
        appends=AppendTogether(runtime.store),
    )
    runtime.publish(
        Publication(
            SOURCE,
            {"ticket": TOPIC.name},
            states_topic=KEYS_TOPIC.name,
            current_states=key_messages(keyring, SOURCE),
        )
    )
    runtime.consume(reactions, intake)
    runtime.need("directory", intake.directory.missing)
    runtime.use("photos", photos)
    runtime.loops.add("tidy", lambda: _tidy_for_ever(intake))
    return intake


def create_app(service: Intake) -> FastAPI:
    """Intake's addresses; whoever composes it starts and stops its loops."""
    app = FastAPI(title="Yima intake", docs_url=None, redoc_url=None)
    problems.install(app, remedies.in_answers())
    add_interface(app, service)
    pages.install(app, service)
    return app


def add_interface(app: FastAPI, service: Intake) -> None:
    """What programs may ask. Where another service describes it, there are only the settings of this one."""
    api.install(app, service)


async def _tidy_for_ever(intake: Intake) -> None:
    while True:
        await intake.access.forget_old_windows()
        # Told where it is kept; the rest of what is tidied does not wait for it.
        with suppress(ObjectsAwayError):
            await sweep_photos(intake)
        await asyncio.sleep(TIDY_EVERY_S)
