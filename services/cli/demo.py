"""`yima demo`: the pilot's month comes in, then one ticket is played live from the scan to the rating, step by step."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import httpx2
import typer

from services.cli.demo_resident import Resident
from services.cli.demo_staff import Staff
from services.cli.demo_story import Stage, Step, play
from services.cli.district import opened_routing
from services.cli.errors import DemoStalledError
from services.cli.intake_part import opened_intake
from services.cli.options import InJson
from services.cli.running import running_platform
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded, worded_lines
from services.routing.domain.errors import RoutingError
from shared.kernel import logging

PAUSE_S = 4.0
SHANGHAI = ZoneInfo("Asia/Shanghai")

Speed = Annotated[float, typer.Option(help=worded("help_demo_speed"), min=0.1, max=10_000)]


def demo(speed: Speed = 1.0, json: InJson = False) -> None:
    logging.configure(level="WARNING")
    tell = _keep_quiet if json else _tell
    with refusals_in_one_line():
        steps = asyncio.run(_play(launch_settings(), pause_s=PAUSE_S / speed, tell=tell))
    if json:
        typer.echo(in_json({"steps": [_record(step) for step in steps]}))
    else:
        typer.echo("\n".join(["", *worded_lines("demo_end")]))


async def _play(settings: LaunchSettings, *, pause_s: float, tell: Any) -> list[Step]:
    platform = running_platform(settings)
    told: list[Step] = []
    async with AsyncExitStack() as stack:
        browser = httpx2.AsyncClient(base_url=platform.origin, headers={"accept-language": "zh"}, timeout=30)
        intake = await stack.enter_async_context(opened_intake(settings))
        routing = await stack.enter_async_context(opened_routing(settings))
        stage = Stage(
            origin=platform.origin,
            today=intake.now().astimezone(SHANGHAI).date(),
            resident=Resident(await stack.enter_async_context(browser)),
            intake=intake,
            staff=Staff(routing),
        )
        try:
            async for step in play(stage):
                tell(step, len(told) + 1)
                told.append(step)
                await asyncio.sleep(pause_s)
        except (httpx2.HTTPError, RoutingError) as error:
            # A person at the desk may well have been faster than the demo.
            raise DemoStalledError(type(error).__name__) from None
    return told


def _tell(step: Step, number: int) -> None:
    zh, en = worded_lines(step.key, **step.values)
    typer.echo(f"\n{number:>2}  {zh}\n    {en}")
    for line in step.lines:
        typer.echo(f"    │ {line}")
    if step.figures:
        typer.echo(f"    │ {worded('demo_figures', **_figures(step.figures))}")
    if step.look_at:
        typer.echo(f"    ↳ {step.look_at}")


def _keep_quiet(_step: Step, _number: int) -> None:
    """Who asked for JSON gets one object at the end."""


def _figures(figures: dict[str, Any]) -> dict[str, object]:
    return {
        "received": figures["received"],
        "handling": _rate(figures["handling_rate"]),
        "closing": _rate(figures["closing_rate"]),
        "satisfaction": _rate(figures["satisfaction"]),
    }


def _rate(rate: dict[str, Any]) -> str:
    share = "" if rate["per_cent"] is None else f" = {rate['per_cent']:.2f} %"
    return f"{rate['numerator']}/{rate['denominator']}{share}"


def _record(step: Step) -> dict[str, Any]:
    zh, en = worded_lines(step.key, **step.values)
    record: dict[str, Any] = {"step": step.key.removeprefix("demo_"), "zh": zh, "en": en, "look_at": step.look_at}
    return record | {"lines": list(step.lines), "figures": step.figures}
