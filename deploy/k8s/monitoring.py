"""Alert rules and dashboards as objects of Kubernetes, from the files that compose mounts.

One PrometheusRule holds every group of `deploy/prometheus/rules`; each dashboard of `deploy/grafana/dashboards` is a
ConfigMap of its own, as are the sources of data and the alert rules: Grafana's sidecar finds them by their labels.
`--check` says whether what is committed is so.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

DEPLOY = Path(__file__).parents[1]
MONITORING = DEPLOY / "k8s" / "components" / "monitoring"
PROVISIONED = DEPLOY / "grafana" / "provisioning"
# Where the stores are in a cluster, and how the password comes to a Grafana that mounts no file of ours.
IN_CLUSTER = {
    "url: postgres:5432": "url: yima-postgres-rw.yima.svc:5432",
    "url: http://prometheus:9090": "url: http://prometheus-operated.monitoring.svc:9090",
    "sslmode: disable": "sslmode: require",
    "$__file{/run/secrets/grafana-reader}": "$__env{YIMA_GRAFANA_READER}",
}
# The folders that Grafana's own provisioning names, by those of the files.
FOLDERS = {"district": "全区 · District", "engineers": "值守 · Engineers"}
HEAD = "# Written by deploy/k8s/monitoring.py from the alert rules and dashboards; not by hand.\n"


def rule_groups() -> list[Any]:
    """Every group of every rule file, in the files' order."""
    files = sorted((DEPLOY / "prometheus" / "rules").glob("*.yaml"))
    return [group for file in files for group in YAML(typ="safe").load(file).get("groups", ())]


def _routed(group: Any) -> dict[str, Any]:
    # By this label the operator gives an alert to the routes of its namespace.
    rules = [{**rule, "labels": {**rule["labels"], "namespace": "yima"}} for rule in group["rules"]]
    return {**group, "rules": rules}


def rules() -> Iterator[dict[str, Any]]:
    """All alert rules of Prometheus."""
    yield {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "yima", "labels": {"app.kubernetes.io/name": "yima"}},
        "spec": {"groups": [_routed(group) for group in rule_groups()]},
    }


def grafana() -> Iterator[dict[str, Any]]:
    """The sources of data, Grafana's own alert rules, then the dashboards by their paths."""
    sources = (PROVISIONED / "datasources" / "yima.yaml").read_text(encoding="utf-8")
    for here, there in IN_CLUSTER.items():
        sources = sources.replace(here, there)
    yield _config_map("grafana-sources", "datasource", "yima.yaml", sources)
    alerts = (PROVISIONED / "alerting" / "yima.yaml").read_text(encoding="utf-8")
    yield _config_map("grafana-alerts", "alert", "yima-alerts.yaml", alerts)
    folder = DEPLOY / "grafana" / "dashboards"
    for file in sorted(folder.rglob("*.json")):
        parts = file.relative_to(folder).with_suffix("").parts
        made = _config_map("-".join(("dashboard", *parts)), "dashboard", file.name, file.read_text(encoding="utf-8"))
        made["metadata"]["annotations"] = {"grafana_folder": FOLDERS[parts[0]]}
        yield made


def _config_map(name: str, kind: str, file: str, text: str) -> dict[str, Any]:
    labels = {f"grafana_{kind}": "1"}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": labels},
        "data": {file: LiteralScalarString(text)},
    }


def files() -> dict[Path, str]:
    """The files as they should be."""
    return {MONITORING / "generated.yaml": _text(rules()), MONITORING / "grafana.yaml": _text(grafana())}


def _text(objects: Iterator[dict[str, Any]]) -> str:
    yaml, stream = YAML(), io.StringIO()
    yaml.explicit_start, yaml.width = True, 4096
    yaml.dump_all(list(objects), stream)
    return HEAD + stream.getvalue()


if __name__ == "__main__":
    for written, text in files().items():
        if "--check" not in sys.argv:
            written.write_text(text, encoding="utf-8")
        elif not written.exists() or written.read_text(encoding="utf-8") != text:
            sys.exit(f"{written} is not what the rules and dashboards say: run python deploy/k8s/monitoring.py")
