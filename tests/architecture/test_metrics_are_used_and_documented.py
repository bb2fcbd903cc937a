"""Every metric is counted somewhere, says why it is there, and stands in the document as the code declares it."""

import ast
from pathlib import Path

from services.documents import declared_metrics, differing
from shared.kernel import metrics

# A gauge or histogram tells so many of these.
UNITS = ("_seconds", "_bytes", "_records", "_cases", "_parts", "_timers")
ROOT = Path(__file__).parents[2]
DECLARED = declared_metrics(Path(metrics.__file__).read_text(encoding="utf-8"))


def attributes_of_metrics() -> set[str]:
    """The names in `metrics.NAME`, wherever code counts."""
    files = [file for part in ("services", "shared") for file in (ROOT / part).rglob("*.py")]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "metrics"
    }


def test_every_metric_is_used() -> None:
    assert {metric.constant for metric in DECLARED} - attributes_of_metrics() == set()


def test_every_metric_says_in_a_comment_what_it_is_for() -> None:
    assert [metric.constant for metric in DECLARED if not metric.comment.endswith(".")] == []


def test_every_metric_begins_with_the_platform_and_ends_with_its_unit() -> None:
    odd = [metric.name for metric in DECLARED if not metric.name.startswith("yima_")]
    odd += [metric.name for metric in DECLARED if metric.kind == "counter" and not metric.name.endswith("_total")]
    odd += [metric.name for metric in DECLARED if metric.kind != "counter" and not metric.name.endswith(UNITS)]

    assert odd == []


def test_documents_made_from_the_code_are_as_the_code_says() -> None:
    assert differing(ROOT / "docs") == []


def test_declaration_is_read_with_its_labels_and_the_comment_above() -> None:
    source = '# Events sent\n# and acknowledged.\nSENT = Counter("yima_sent_total", "Sent", ["service"])\n'

    [metric] = declared_metrics(source)

    assert (metric.name, metric.kind, metric.labels) == ("yima_sent_total", "counter", ["service"])
    assert metric.comment == "Events sent and acknowledged."
