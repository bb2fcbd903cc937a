"""`yima partner`: systems that report for residents, and their API keys."""

import asyncio
from typing import Annotated, Any

import typer

from services.cli.errors import NoSuchPartnerError
from services.cli.framing import Commands
from services.cli.intake_part import opened_intake
from services.cli.options import InJson, help_with_example
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.intake.handlers.access import NewPartner, Scope, create_partner, revoke_partner
from services.intake.queries import PartnerRow, all_partners

QUOTA_PER_MINUTE = 600

partner_app = Commands(help=worded("help_partner"))

PartnerName = Annotated[str, typer.Argument(help=worded("help_partner_name"), show_default=False)]
PartnerId = Annotated[str, typer.Argument(help=worded("help_partner_id"), show_default=False)]
Scopes = Annotated[list[Scope], typer.Option("--scope", help=worded("help_partner_scope"), show_default=False)]
Quota = Annotated[int, typer.Option("--quota", help=worded("help_partner_quota"), min=1)]


@partner_app.command(
    "create", help=help_with_example("help_partner_create", "yima partner create 网格平台 --scope tickets:write")
)
def create(name: PartnerName, scope: Scopes, quota: Quota = QUOTA_PER_MINUTE, json: InJson = False) -> None:
    with refusals_in_one_line():
        made = asyncio.run(_create(launch_settings(), name, frozenset(scope), quota))
    if json:
        typer.echo(in_json({"id": made.id, "api_key": made.api_key}))
    else:
        typer.echo(f"✓ {worded('partner_created', id=made.id)}")
        typer.echo(made.api_key)


@partner_app.command("list", help=help_with_example("help_partner_list", "yima partner list --json"))
def list_all(json: InJson = False) -> None:
    with refusals_in_one_line():
        rows = asyncio.run(_list(launch_settings()))
    if json:
        typer.echo(in_json({"partners": [_record(row) for row in rows]}))
    else:
        for row in rows:
            key = "partner_revoked_line" if row.revoked_at else "partner_line"
            typer.echo(worded(key, **_record(row) | {"scopes": ", ".join(row.scopes)}))


@partner_app.command("revoke", help=help_with_example("help_partner_revoke", "yima partner revoke 3f9a0c1d2e4b"))
def revoke(partner: PartnerId, json: InJson = False) -> None:
    with refusals_in_one_line():
        if not asyncio.run(_revoke(launch_settings(), partner)):
            raise NoSuchPartnerError(partner)
    typer.echo(in_json({"revoked": partner}) if json else f"✓ {worded('partner_revoked', id=partner)}")


def _record(row: PartnerRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "scopes": list(row.scopes),
        "quota_per_minute": row.quota_per_minute,
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "revoked_at": row.revoked_at.isoformat(timespec="seconds") if row.revoked_at else None,
    }


async def _create(settings: LaunchSettings, name: str, scopes: frozenset[Scope], quota: int) -> NewPartner:
    async with opened_intake(settings) as intake:
        return await create_partner(
            intake.runtime.pool, name=name, scopes=scopes, quota_per_minute=quota, at=intake.now()
        )


async def _list(settings: LaunchSettings) -> list[PartnerRow]:
    async with opened_intake(settings) as intake:
        return await all_partners(intake.runtime.pool)


async def _revoke(settings: LaunchSettings, partner: str) -> bool:
    async with opened_intake(settings) as intake:
        return await revoke_partner(intake.runtime.pool, partner, at=intake.now())
