"""The committed dashboards as tests read them, and their queries as Grafana expands them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DASHBOARDS = Path(__file__).parents[3] / "deploy" / "grafana" / "dashboards"
# Each dashboard's variables at first, as `${name:sqlstring}` puts them into a query.
EVERYTHING = {"area": "", "category": "", "unit": "", "period": "day", "level": "community"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel of a dashboard."""

    board: str
    panel: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.panel["title"])

    @property
    def sql(self) -> str | None:
        sql: str | None = self.panel["targets"][0].get("rawSql")
        return sql

    @property
    def links(self) -> list[dict[str, Any]]:
        """Where it leads: from each value, from a column's, and from its title."""
        told = self.panel["fieldConfig"]
        of_columns = [
            each for override in told["overrides"] for each in override["properties"] if each["id"] == "links"
        ]
        return [
            *told["defaults"].get("links", ()),
            *(link for each in of_columns for link in each["value"]),
            *self.panel.get("links", ()),
        ]

    @property
    def id(self) -> str:
        return f"{self.board}-{self.panel['id']}"


@cache
def boards() -> Mapping[str, dict[str, Any]]:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(DASHBOARDS.rglob("*.json"))}


def panels() -> Iterator[Shown]:
    for name, board in boards().items():
        for panel in board["panels"]:
            yield Shown(name, panel)


def expanded(sql: str, *, starts: str, ends: str, **chosen: str) -> str:
    """A query as Grafana sends it; nothing that it would have to know is left over."""
    text = sql.replace("$__timeFrom()", f"'{starts}'").replace("$__timeTo()", f"'{ends}'")
    for name, value in (EVERYTHING | chosen).items():
        quoted = value.replace("'", "''")
        text = text.replace(f"${{{name}:sqlstring}}", f"'{quoted}'")
    assert not re.search(r"\$(?!\$)", text), text
    return text
