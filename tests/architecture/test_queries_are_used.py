"""Every named query is used by the code beside it, and PostgreSQL understands it."""

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.kernel.database import connect
from shared.kernel.migrations import KERNEL, Component, migrate
from shared.kernel.queries import Queries

ROOT = Path(__file__).parents[2]
QUERY_FOLDERS = sorted(
    folder for part in ("shared", "services") for folder in (ROOT / part).glob("*/sql/queries") if any(folder.iterdir())
)
OWNERS = [folder.parents[1] for folder in QUERY_FOLDERS]

# What the kernel puts before a statement that rides on an append.
APPENDED = "WITH appended AS (SELECT 1::bigint AS position, ''::text AS stream, 1 AS version)\n"


def queries_of(owner: Path) -> Queries:
    return Queries.load(owner / "sql" / "queries")


def nodes_of(owner: Path) -> Iterator[ast.AST]:
    for file in owner.rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def words_in(owner: Path) -> set[str]:
    """Every string that the owner's code writes out."""
    return {node.value for node in nodes_of(owner) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def asked_for(owner: Path) -> set[str]:
    """The names in `SQL["…"]`."""
    return {
        node.slice.value
        for node in nodes_of(owner)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "SQL"
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def components_for(owner: Path) -> list[Component]:
    """The tables that stand in the schema of this owner: what is shared, and its own."""
    shared = [folder for folder in sorted((ROOT / "shared").glob("*/sql/migrations")) if folder != KERNEL.folder]
    own = [owner / "sql" / "migrations"] if owner.parent.name == "services" else []
    return [KERNEL, *(Component(folder.parents[1].name, folder) for folder in (*shared, *own))]


def as_prepared(text: str) -> str:
    return APPENDED + text.replace("$beside", "$1::jsonb") if "$beside" in text else text


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
def test_every_query_is_used(owner: Path) -> None:
    assert set(queries_of(owner)) - words_in(owner) == set()


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
def test_every_query_that_is_asked_for_exists(owner: Path) -> None:
    assert asked_for(owner) - set(queries_of(owner)) == set()


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
async def test_every_query_is_understood_by_postgresql(owner: Path, postgres_dsn: str) -> None:
    name = f"queries_{uuid.uuid4().hex}"
    await migrate(postgres_dsn, schema=name, role=name, components=components_for(owner))
    connection = await connect(postgres_dsn, schema=name, role=name)

    try:
        for text in queries_of(owner).values():
            await connection.prepare(as_prepared(text))
    finally:
        await connection.close()
