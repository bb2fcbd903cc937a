"""The alert rules: each fires and keeps silent when it should, reads what exists, and leads to a page that helps."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from services.documents import declared_metrics
from shared.kernel import metrics

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yaml"))
CASES = sorted((PROMETHEUS / "tests").glob("*.yaml"))
PROMTOOL = shutil.which("promtool")
# Told by Prometheus itself, by Kubernetes and by CloudNativePG.
OTHERS = {
    "up",
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "cnpg_collector_last_available_backup_timestamp",
    "cnpg_collector_pg_wal_archive_status",
    "cnpg_pg_stat_archiver_last_archived_time",
    "cnpg_pg_stat_archiver_last_failed_time",
    "cnpg_pg_replication_in_recovery",
}
PARTS = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}

HEADINGS = ["What it means", "First three commands", "How to mend it", "How to know that it is mended", "Tried"]

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None and "CI" not in os.environ, reason="promtool is not installed (Debian: prometheus)"
)


@cache
def rules() -> list[dict[str, Any]]:
    groups = [group for file in RULE_FILES for group in YAML(typ="safe").load(file)["groups"]]
    return [rule for group in groups for rule in group["rules"]]


@cache
def cases() -> frozenset[tuple[str, bool]]:
    """Each tried alert, and whether it is to fire."""
    tried = [each for file in CASES for each in YAML(typ="safe").load(file)["tests"]]
    return frozenset(
        (asked["alertname"], bool(asked["exp_alerts"])) for each in tried for asked in each["alert_rule_test"]
    )


def selected(expression: str) -> set[str]:
    """Every series that an expression names: words before a brace or a bracket, and all that look like one of ours."""
    return set(re.findall(r"\b\w+(?=[\[{])", expression)) | set(re.findall(r"\byima_\w+", expression))


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL is not None, "install promtool (Debian: prometheus)"
    return subprocess.run(
        [PROMTOOL, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False, timeout=60
    )


@needs_promtool
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_alerts_fire_and_keep_silent_as_their_cases_say(file: Path) -> None:
    tried = promtool("test", "rules", str(file))

    assert tried.returncode == 0, tried.stdout + tried.stderr


def metrics_of_a_process_that_did_nothing() -> list[str]:
    """Series as Prometheus names them: a metric without labels is there, and 0, as soon as it is declared."""
    declared = "import prometheus_client as client, shared.kernel.metrics; print(client.generate_latest().decode())"
    told = subprocess.run([sys.executable, "-c", declared], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line.split()[0] for line in told.stdout.splitlines() if line.startswith("yima_")]


@needs_promtool
def test_no_alert_comes_of_what_a_process_does_not_tell(tmp_path: Path) -> None:
    series = dict.fromkeys(metrics_of_a_process_that_did_nothing(), "0x240") | {'up{job="yima"}': "1x240"}
    # Each process tells of its own disk as soon as it is composed.
    series |= {"yima_disk_free_bytes": "5e9x240", "yima_disk_size_bytes": "9e9x240"}
    asked = [{"eval_time": "3h", "alertname": each["alert"], "exp_alerts": []} for each in rules()]
    quiet = {
        "interval": "1m",
        "input_series": [{"series": each, "values": values} for each, values in series.items()],
        "alert_rule_test": asked,
    }
    file = tmp_path / "quiet.yaml"
    YAML().dump({"rule_files": [str(each) for each in RULE_FILES], "tests": [quiet]}, file)

    tried = promtool("test", "rules", str(file))

    assert "yima_urgent_overdue_cases" in series
    assert tried.returncode == 0, tried.stdout + tried.stderr


@needs_promtool
def test_prometheus_itself_takes_rules_and_configuration(tmp_path: Path) -> None:
    # As compose mounts it, with the rules where they are here.
    configured = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
    (tmp_path / "prometheus.yml").write_text(configured.replace("/etc/prometheus", str(PROMETHEUS)), encoding="utf-8")

    checked = promtool("check", "config", str(tmp_path / "prometheus.yml"))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(re.findall(r"SUCCESS: \d+ rules? found", checked.stdout)) == len(RULE_FILES)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(rule: dict[str, Any]) -> None:
    assert {fires for alert, fires in cases() if alert == rule["alert"]} == {True, False}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_metric_that_an_alert_reads_exists(rule: dict[str, Any]) -> None:
    declared = declared_metrics(Path(metrics.__file__).read_text(encoding="utf-8"))
    ours = {f"{metric.name}{part}" for metric in declared for part in PARTS[metric.kind]}

    assert selected(rule["expr"])
    assert selected(rule["expr"]) - ours - OTHERS == set()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_it_is_and_leads_to_its_runbook(rule: dict[str, Any]) -> None:
    told = rule["annotations"]
    runbook = ROOT / told["runbook"]

    assert told.keys() == {"summary", "description", "runbook"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert runbook.is_file()
    page = runbook.read_text(encoding="utf-8")
    assert f"`{rule['alert']}`" in page
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == HEADINGS
    commands = page.split(f"## {HEADINGS[1]}")[1].split("\n## ")[0]
    assert len(re.findall(r"^\$ ", commands, flags=re.MULTILINE)) == 3


def manifests(path: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all(ROOT / "deploy" / "k8s" / path))


def test_a_role_that_is_not_there_is_missed_whichever_it_is() -> None:
    files = [f"base/{service}.yaml" for service in ("intake", "routing", "notify", "reporting")]
    deployed = {each["metadata"]["name"] for file in files for each in manifests(file) if each["kind"] == "Deployment"}
    [missed] = [rule["expr"] for rule in rules() if rule["alert"] == "YimaRoleGone" and "absent" in rule["expr"]]

    named = re.findall(r'absent\(up\{job="yima-metrics",service_name="(\w+)",role="(\w+)"\}\)', missed)

    assert sorted(f"{service}-{role}" for service, role in named) == sorted(deployed)


def test_whoever_waits_for_a_migration_rings_nobody_up() -> None:
    [pod] = manifests("base/pod.yaml")
    [container] = pod["spec"]["template"]["spec"]["containers"]
    starts_s = container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"]

    # It is there, and does not answer yet.
    silent = [rule for rule in rules() if re.search(r'up\{job="yima-metrics"\}\)? == 0$', rule["expr"])]

    assert {rule["alert"] for rule in silent} == {"YimaPodDown", "YimaRoleSilent"}
    assert [rule["for"] for rule in silent if int(rule["for"].removesuffix("m")) * 60 <= starts_s] == []


def test_labels_that_alerts_go_by_come_through_as_our_metrics_have_them() -> None:
    """A metric's label gives way where Prometheus has one of that name for where it scrapes."""
    [scraped] = [each for each in manifests("components/monitoring/service.yaml") if each["kind"] == "ServiceMonitor"]
    [endpoint] = scraped["spec"]["endpoints"]
    operators = {"namespace", "service", "pod", "container", "endpoint", "job", "instance"}
    ours = {label for metric in declared_metrics(Path(metrics.__file__).read_text("utf-8")) for label in metric.labels}

    dropped = {each["regex"] for each in endpoint["relabelings"] if each.get("action") == "labeldrop"}
    added = {each["targetLabel"] for each in endpoint["relabelings"] if "targetLabel" in each}

    assert added == {"role", "service_name"}
    assert ((operators - dropped) | added) & ours == set()


def test_every_runbook_is_of_an_alert_and_listed() -> None:
    folder = ROOT / "docs" / "runbooks"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}

    assert {Path(rule["annotations"]["runbook"]).name for rule in rules()} == pages
    assert set(re.findall(r"\((\S+\.md)\)", listed)) >= pages
    assert {rule["alert"] for rule in rules()} == set(re.findall(r"`(Yima\w+)`", listed))


def test_thresholds_stand_in_the_rules_alone() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    # Two places would come to differ.
    assert re.findall(r"yima_\w+[^|`\n]*[<>] *\d", operations) == []
