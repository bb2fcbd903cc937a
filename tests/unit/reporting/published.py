"""What cities have printed: the rows of `data/published-kpi-rows.csv`."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

CSV = Path(__file__).parent / "data" / "published-kpi-rows.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    source: str
    unit: str
    metric: str
    numerator: int
    denominator: int
    per_cent: Decimal
    note: str

    @property
    def capped(self) -> bool:
        """More was closed than was due, and the circular prints 100."""
        return "封顶100" in self.note


def published_rows() -> list[PublishedRow]:
    with CSV.open(encoding="utf-8", newline="") as file:
        return [
            PublishedRow(
                source=row["source"],
                unit=row["unit"],
                metric=row["metric"],
                numerator=int(row["numerator"]),
                denominator=int(row["denominator"]),
                per_cent=Decimal(row["published_pct"]),
                note=row["note"],
            )
            for row in csv.DictReader(file)
        ]


def published(metric: str) -> list[PublishedRow]:
    """The rows of a metric, without those that the circular capped."""
    return [row for row in published_rows() if row.metric.startswith(metric) and not row.capped]
