"""Writes and checks the documents made from the code: metrics, figures, refusals, a case's states, permissions, checks.

`python -m services.documents` writes them, `--check` fails where the committed ones differ from the code.
"""

import argparse
import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services import case_tables, district_checks, permission_tables
from services.problem_pages import problem_kinds, problems_document
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.classes import SORTED_MAX, WITHIN_PERCENT
from services.reporting.domain.definition import Definition, RateDefinition
from services.reporting.queries import sql_of
from shared.kernel import metrics

DOCS = Path(__file__).resolve().parents[1] / "docs"
WRITE = "python -m services.documents"
KINDS = ("Counter", "Gauge", "Histogram")

METRICS_HEAD = f"""# Metrics

`/metrics` answers in Prometheus' text form, to this machine and to whom `YIMA_METRICS_FROM` names.
Labels are names of services, consumers, loops and outcomes, never anything
personal. Alarms and what to do then: [runbooks](runbooks/README.md). Written by `{WRITE}`
from `shared/kernel/metrics.py`.

| metric | type | labels | what it says |
|---|---|---|---|
"""

FIGURES_HEAD = f"""# Figures

What `yima kpi` and `GET /api/v1/figures` tell (one alone: `/api/v1/figures/closing_rate`), and how each is counted.
Every rate stands beside its numerator and denominator and, to be compared, its 95 % Wilson interval; of nothing there
is no rate. Groups with fewer than 10 cases are shown and never ranked; by one figure alone, a rate or a length, those
where it is told of fewer than 10 (of messages, of which each case has several: of so many cases, too), and what is
open by the open cases. Written by `{WRITE}` from the definitions in `services/reporting/domain`.

A period is whole days of Asia/Shanghai, the first in it, the last not; what is counted belongs to the period that the
moment named here lies in, and a period that is over is told as things stood at its end. Figures are told apart by area
at each level, category, unit, channel, urgency (the rule's, whatever was stated with the report), day, week (from
Monday) and month. What a unit did counts for it: who was assigned first for what was received, who resolved or closed
for what was handled or closed, who has the case for what is open. A case counts as the category that it had at the
period's end: corrected within the period, as what it was corrected to; corrected in May, April stays as it was, and the
two months together tell the correction. A case's place, area and urgency never change.

Areas and names are today's (`tree=today`), or those of the period's end (`tree=then`): an estate that was moved takes
its past along, or leaves it; a unit that was renamed is one unit under either name; one that went into another, or was
split, keeps what it did under its own id. Of the time before reporting first heard of an area, the first that it heard
counts.

A month that is over can be published, once (`yima kpi --month 2026-04 --publish`). What was said then stays, of
the whole and of each community, category and unit, with the tickets behind the whole; what arrives later stands beside
it as a correction, of the whole and group by group (`published` of `GET /api/v1/figures` and of a figure by itself;
`GET /api/v1/figures/{{figure}}/corrections` for the whole's tickets). A group that came later is compared with nothing.
One community, category or unit alone (`unit=property`) stands beside what was published of it. Where a question is
narrowed or told apart in another way, `unpublished` says that the month was published, and not so.
A place that moves to another community afterwards takes its tickets along by today's tree, so that both communities
stand as changed though nothing arrived; by the tree of then (`tree=then`) they are counted as they were.
`yima report month 2026-04 --format pdf` writes the month's circular (also `xlsx`, `csv`): units, definitions and the
corrections of both, as published or, before that, provisional.

A month's figure stays as it was at the month's end: what is reopened or answered in a later month is in no month's
numerator (*reopen rate*, *feedback coverage*).

How long things took, and first responses, are sorted one by one where a question is about {SORTED_MAX:,} walks
through a stage or fewer, so that median and p90 are exact. Of more they are told by classes, each of what took from one
length to 4 % longer: `within_percent` says that both are at most {WITHIN_PERCENT:g} % off (and two hundredths of a
minute; first response is rounded to whole minutes besides), pages and circulars say it beside them, and it is 0 where
they are exact. Counts and sums are exact, sums to a millisecond a case. A published month, and whatever is asked in the
seconds after a calendar changed, is sorted, however many they are.

What is narrowed or told apart by two things at once (a unit's cases of one category, by day) no sums tell: it is
counted from the facts, for two at a time in each process and for ten seconds at most; then it is refused
(`too-much-at-once`, `others-ask-much`). Narrowing to the whole district is none of the two.

`reporting_figures.behind` has a row for each thing that counts in a period, with the parts of figures that it counts
for; `GET /api/v1/figures/{{figure}}/tickets` lists the tickets behind each numerator and denominator,
and the rest of a rate (`of=rest`: in the denominator alone, such as what was not closed in time),
for members of staff as far as their role sees; `/desk/figures` shows the figures as pages,
each with its groups, its trend and its tickets on a page of its own.

| figure | 指标 | numerator | denominator |
|---|---|---|---|
"""


STATES_HEAD = f"""# A case's states

What each command brings about in each state, and who may give it. A cell holds the events, or in italics the
[problem](problems.md) that refuses it; a dash where a clock's reason has gone. The names of the acts are those of
`/api/v1/cases/{{case_id}}/…`. Each act stands in the first table by whoever may give it, in the second by each kind of
member: first comes whether they see the case at all, and a guessed id tells nothing. Written by `{WRITE}`, which asks
the decider itself (`services/case_states.py`).
"""

CHECKS_HEAD = f"""# What is checked of a district file

`yima district check FILE` finds all of this, and `yima district publish` refuses a file with an error; a warning is
shown and stops nothing. Every finding says its line, its column, its path (`rules[3].unit`), what is wrong and what
to do, in Chinese and in English; with `--json` each is an object with its `kind` and `severity`. How a rule
is written is told in [rules.md](rules.md). Written by `{WRITE}` from `services/routing/domain/checks`.
"""

PERMISSIONS_HEAD = f"""# 谁可以做什么 · Who may do what

每个岗位一张表：左边是操作，上边是本单位与这个办件的关系，“✓” 表示可以。操作还要看办件走到哪一步（见
[case-states.md](case-states.md)）：表里可以的，办件没有走到那一步时也不能做。谁都不能核查自己办的事，也不能批准自己的申请。
岗位在辖区文件里按人写明（`role`），发布后马上生效。

One table a role: acts on the left, what the member's unit is to the case above, “✓” where it may. An act must also fit
where the case stands ([case-states.md](case-states.md)). Nobody verifies their own work or answers their own question.
A person's role is the `role` of the district file, and holds as soon as the file is published. Written by `{WRITE}`
from `services/routing/domain/permissions.py`; a test walks every cell through the decider.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as its line of code declares it, with the comment above."""

    constant: str
    name: str
    kind: str
    labels: Sequence[str]
    comment: str


def declared_metrics(source: str) -> list[Metric]:
    """Every metric of a module, in the module's order."""
    lines = source.splitlines()
    return [
        _metric(node.targets[0].id, node.value.func.id, node.value, comment=_comment_above(lines, node.lineno))
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in KINDS
    ]


def documents() -> dict[str, str]:
    """Each document's text by its name below `docs/`."""
    source = Path(metrics.__file__).read_text(encoding="utf-8")
    return {
        "case-states.md": case_tables.document(STATES_HEAD),
        "district-checks.md": district_checks.document(CHECKS_HEAD),
        "figures.md": _figures(),
        "metrics.md": METRICS_HEAD + "".join(map(_row, declared_metrics(source))),
        "permissions.md": permission_tables.document(PERMISSIONS_HEAD),
        "problems.md": problems_document(problem_kinds()),
    }


def differing(docs: Path) -> list[str]:
    """Names of the documents that are not what the code says."""
    return [name for name, text in documents().items() if _text(docs / name) != text]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: its exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(prog=WRITE, description="Write the documents made from the code, or check them.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a document differs")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of the documents (default: the project's)")
    given = parser.parse_args(arguments)
    if given.check:
        wrong = differing(given.docs)
        sys.stdout.write("".join(f"docs/{name} is not what the code says: run `{WRITE}`\n" for name in wrong))
        return 1 if wrong else 0
    for name, text in documents().items():
        (given.docs / name).write_text(text, encoding="utf-8")
    return 0


def _metric(constant: str, kind: str, call: ast.Call, *, comment: str) -> Metric:
    name, _help, *labels = (ast.literal_eval(argument) for argument in call.args)
    return Metric(constant, name, kind.lower(), labels[0] if labels else (), comment)


def _comment_above(lines: Sequence[str], line: int) -> str:
    comment: list[str] = []
    for text in reversed(lines[: line - 1]):
        if not text.startswith("# "):
            break
        comment.insert(0, text.removeprefix("# "))
    return " ".join(comment)


def _figures() -> str:
    rows = "".join(map(_figure_row, FIGURES.values()))
    return "\n".join([FIGURES_HEAD + rows, *map(_figure, FIGURES.values())])


def _figure_row(figure: Definition) -> str:
    denominator = figure.denominator.words if isinstance(figure, RateDefinition) else "–"
    return f"| [{figure.name.en}](#{figure.id}) | {figure.name.zh} | {figure.numerator.words} | {denominator} |\n"


def _figure(figure: Definition) -> str:
    """A figure as a section: its definition, why it is so, and the query."""
    lines = [
        f"**{figure.name.zh}** · {figure.name.en} = {figure.formula}",
        "",
        f"- Numerator: {figure.numerator.words}.",
        *([f"- Denominator: {figure.denominator.words}."] if isinstance(figure, RateDefinition) else ()),
        f"- Left out: {figure.exclusions}",
        f"- Placed in a period by: {figure.period}.",
        f"- Unit: {figure.unit}.",
        f"- Source: {figure.source}.",
        "",
        *([why, ""] if (why := figure.why) else ()),
        f"```sql\n{sql_of(figure)}\n```",
    ]
    return f"## {figure.id}\n\n" + "\n".join(lines) + "\n"


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.comment} |\n"


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
