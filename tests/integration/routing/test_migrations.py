"""Tables that come later say what the events before them say."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from services.routing.app import COMPONENTS, NAME
from shared.kernel.migrations import migrate

TOLD = ("police", "traffic", "grid", "town")
CASE = UUID(int=7)
ROLE = "yima_routing"
RESOLVED = """INSERT INTO cases (id, version, number, status, place, area, urgent, again, history, opened_at, text)
    VALUES ($1, 9, '7', 'resolved', 'gate', 'estate', false, false, false, now(), '{}')"""
BY_LADDER = "SELECT array_agg(unit || ' ' || by_ladder ORDER BY unit) FROM told"
PARTS = "0003_parts_of_called_units.sql"


async def test_parts_hold_who_was_called_before_and_who_was_let_go_sees_the_case_no_more(
    fresh_postgres_dsn: str, tmp_path: Path
) -> None:
    own = next(component for component in COMPONENTS if component.name == NAME)
    before = tmp_path / "migrations"
    shutil.copytree(own.folder, before)
    for later in (path for path in before.iterdir() if path.name >= PARTS):
        later.unlink()
    others = [component for component in COMPONENTS if component.name != NAME]
    await migrate(fresh_postgres_dsn, schema=NAME, role=ROLE, components=[*others, replace(own, folder=before)])
    connection = await asyncpg.connect(fresh_postgres_dsn, server_settings={"search_path": NAME})
    try:
        await opened(connection)
        for unit in ("police", "traffic", "grid"):
            await happened(connection, "WhistleBlown", unit=unit, report_by="2026-04-28T13:20:00Z")
        await happened(connection, "UnitReportedIn", unit="police")
        await happened(connection, "JointTaskDeclined", unit="traffic", to_unit="grid")
        await happened(connection, "JointTaskReleased", unit="traffic")
        await happened(connection, "JointTaskDeclined", unit="grid", to_unit="town")
        await happened(connection, "ExtensionAsked", unit="committee", to_unit="grid")
        await happened(connection, "CaseTransferred", from_unit="committee", to_unit="property")
        await happened(connection, "SuspensionAsked", unit="property")
        await resolved(connection)
        await connection.execute("INSERT INTO told SELECT unnest($1::text[]), $2", TOLD, CASE)

        await migrate(fresh_postgres_dsn, schema=NAME, role=ROLE, components=COMPONENTS)

        rows = await connection.fetch("SELECT unit, state, report_by IS NOT NULL AS awaited FROM parts ORDER BY unit")
        assert [tuple(row) for row in rows] == [
            ("grid", "declined", False),
            ("police", "reported_in", False),
            ("traffic", "released", False),
        ]
        waiting = await connection.fetch("SELECT asked_by, about, unit FROM questions ORDER BY asked_by")
        assert [tuple(row) for row in waiting] == [("grid", "task", "town"), ("property", "suspension", None)]
        assert await connection.fetchval("SELECT verifier || verify_by FROM cases") == "grid2026-04-29 01:00:00+00"
        assert await connection.fetchval("SELECT array_agg(rule) FROM rule_hits") == ["fire-lane"]
        assert await connection.fetchval(BY_LADDER) == ["bureau true", "grid false", "town true"]
    finally:
        await connection.close()


async def opened(connection: asyncpg.Connection) -> None:
    """The case begins, at the unit that a rule chose."""
    await happened(connection, "CaseOpened")
    await happened(connection, "CaseAssigned", trace={"rule": "fire-lane"})


async def resolved(connection: asyncpg.Connection) -> None:
    """The case's row as its work is done, whom the ladder told before, and by when the work is to be verified."""
    await happened(connection, "CaseEscalated", clock="resolve", from_unit="property", to_unit="town")
    await happened(connection, "CaseEscalated", clock="report_in", from_unit="police", to_unit="grid")
    await happened(connection, "CaseReturned", unit="garden", to_unit="bureau")
    await connection.execute(RESOLVED, CASE)
    await happened(connection, "CaseResolved", to_unit="grid", deadlines={"verify_by": "2026-04-29T01:00:00Z"})


async def happened(connection: asyncpg.Connection, name: str, **data: object) -> None:
    """An event of the case as the log holds it."""
    await connection.execute(
        """INSERT INTO events (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
        VALUES ($1, (SELECT count(*) + 1 FROM events), $2, $3, 1, $4::jsonb, '{}', now())""",
        f"case-{CASE}",
        uuid4(),
        f"yima.routing.{name}",
        json.dumps({"case_id": str(CASE), **data}),
    )
