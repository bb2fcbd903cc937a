"""Results as they are kept: `bench/results.json`, and tables in docs/performance.md and docs/operations/scale.md."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from bench import scale_document
from bench.machine import CHECKOUT, KEPT, commit, machine, now

RESULTS, DOCUMENT, SCALE_DOCUMENT = (CHECKOUT / file for file in KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """How long requests took."""

    p50_ms: float
    p95_ms: float
    p99_ms: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Latencies":
        """From each request's duration."""
        ordered = sorted(seconds)
        return cls(p50_ms=_rank(ordered, 0.50), p95_ms=_rank(ordered, 0.95), p99_ms=_rank(ordered, 0.99))

    @classmethod
    def median_of(cls, rounds: Sequence["Latencies"]) -> "Latencies":
        """Each figure's median over several rounds."""
        return cls(
            **{field.name: round(median(getattr(each, field.name) for each in rounds), 2) for field in fields(cls)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table."""

    name: str
    value: float
    unit: str
    reference_name: str
    reference_value: float | None
    ratio: float | None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    machine: str
    commit: str
    at: str


def result(
    name: str,
    *,
    value: float,
    unit: str,
    reference: tuple[str, float | None],
    ratio: float | None = None,
    latencies: Latencies | None = None,
) -> Result:
    """A result of this machine, edition and moment. Without a ratio of its own it is value ÷ reference."""
    reference_name, reference_value = reference
    if ratio is None and reference_value:
        ratio = value / reference_value
    return Result(
        name=name,
        value=_shown(value),
        unit=unit,
        reference_name=reference_name,
        reference_value=None if reference_value is None else _shown(reference_value),
        ratio=None if ratio is None else round(ratio, 3),
        machine=machine(),
        commit=commit(),
        at=now().isoformat(timespec="seconds"),
        **(asdict(latencies) if latencies else {}),
    )


def keep(measured: Sequence[Result]) -> None:
    """Put these in the place of earlier ones of the same names, in the file and in the documents."""
    kept = {each["name"]: each for each in _kept()} | {each.name: asdict(each) for each in measured}
    RESULTS.write_text(json.dumps(list(kept.values()), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    others = [each for name, each in kept.items() if not scale_document.belongs(name)]
    _put(DOCUMENT, {"results": table(others)})
    _put(SCALE_DOCUMENT, scale_document.tables(kept))


def _put(document: Path, tables: Mapping[str, str]) -> None:
    """Each table between the marks that name it."""
    text = document.read_text(encoding="utf-8")
    for name, written in tables.items():
        begins, ends = f"<!-- {name} begin -->\n", f"<!-- {name} end -->\n"
        before, _, rest = text.partition(begins)
        _, _, after = rest.partition(ends)
        text = before + begins + written + ends + after
    document.write_text(text, encoding="utf-8")


def table(kept: Sequence[dict[str, Any]]) -> str:
    """The results as Markdown."""
    head = "| name | value | reference | ratio | p50 / p95 / p99 ms | commit |\n|---|---|---|---|---|---|\n"
    return head + "".join(f"{_row(each)}\n" for each in kept)


def _row(kept: dict[str, Any]) -> str:
    reference = kept["reference_name"]
    if kept["reference_value"] is not None:
        reference = f"{reference}: {kept['reference_value']:,}"
    spread = " / ".join(str(kept[name]) for name in ("p50_ms", "p95_ms", "p99_ms")) if kept["p50_ms"] else ""
    ratio = "" if kept["ratio"] is None else kept["ratio"]
    return (
        f"| `{kept['name']}` | {kept['value']:,} {kept['unit']} | {reference} | {ratio} | {spread} | {kept['commit']} |"
    )


def _kept() -> list[dict[str, Any]]:
    return list(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else []


def _rank(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)


def _shown(value: float) -> float:
    return round(value) if value >= 1000 else round(value, 2)
