"""Alert rules and dashboards as objects of Kubernetes, from the files that compose mounts.

One PrometheusRule holds every group of `deploy/prometheus/rules`; each dashboard of `deploy/grafana/dashboards` is a
ConfigMap of its own, which Grafana's sidecar finds by its label. `--check` says whether what is committed is so.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DEPLOY = Path(__file__).parents[1]
WRITTEN = DEPLOY / "k8s" / "components" / "monitoring" / "generated.yaml"
HEAD = "# Written by deploy/k8s/monitoring.py from the alert rules and dashboards; not by hand.\n"


def rule_groups() -> list[Any]:
    """Every group of every rule file, in the files' order."""
    files = sorted((DEPLOY / "prometheus" / "rules").glob("*.yaml"))
    return [group for file in files for group in YAML(typ="safe").load(file).get("groups", ())]


def objects() -> Iterator[dict[str, Any]]:
    """The rules, then the dashboards by their paths."""
    yield {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "yima", "labels": {"app.kubernetes.io/name": "yima"}},
        "spec": {"groups": rule_groups()},
    }
    folder = DEPLOY / "grafana" / "dashboards"
    for file in sorted(folder.rglob("*.json")):
        parts = file.relative_to(folder).with_suffix("").parts
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "dashboard-" + "-".join(parts),
                "labels": {"grafana_dashboard": "1"},
                "annotations": {"grafana_folder": "/".join(parts[:-1]) or "Yima"},
            },
            "data": {file.name: file.read_text(encoding="utf-8")},
        }


def text() -> str:
    """The file as it should be."""
    yaml, stream = YAML(), io.StringIO()
    yaml.explicit_start, yaml.width = True, 4096
    yaml.dump_all(list(objects()), stream)
    return HEAD + stream.getvalue()


if __name__ == "__main__":
    if "--check" not in sys.argv:
        WRITTEN.write_text(text(), encoding="utf-8")
    elif WRITTEN.read_text(encoding="utf-8") != text():
        sys.exit(f"{WRITTEN} is not what the rules and dashboards say: run python deploy/k8s/monitoring.py")
