"""Whom alerts reach: a page rings somebody up, a ticket does not, and on Kubernetes it is the same."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ruamel.yaml import YAML

DEPLOY = Path(__file__).parents[3] / "deploy"
FILE = DEPLOY / "alertmanager" / "alertmanager.yml"
CONFIGURED: dict[str, Any] = YAML(typ="safe").load(FILE)
IN_CLUSTER: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "k8s" / "components" / "monitoring" / "alerting.yaml")
COMPOSED: dict[str, Any] = YAML(typ="safe").load(DEPLOY.parent / "docker-compose.yml")
AMTOOL = shutil.which("amtool")
ALERTMANAGER = shutil.which("alertmanager") or shutil.which("prometheus-alertmanager")
ASKED_MAX = 500

needs_amtool = pytest.mark.skipif(
    AMTOOL is None and "CI" not in os.environ, reason="amtool is not installed (Debian: prometheus-alertmanager)"
)
needs_alertmanager = pytest.mark.skipif(
    ALERTMANAGER is None and "CI" not in os.environ, reason="alertmanager is not installed (Debian: its package)"
)


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert AMTOOL is not None, "install amtool (Debian: prometheus-alertmanager)"
    return subprocess.run([AMTOOL, *arguments], capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def alertmanager(state: Path) -> Iterator[httpx2.Client]:
    """Alertmanager itself with our file; it tells nobody within the ten seconds that it waits for more of a group."""
    assert ALERTMANAGER is not None, "install alertmanager (Debian: prometheus-alertmanager)"
    addresses = ["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="]
    command = [ALERTMANAGER, f"--config.file={FILE}", f"--storage.path={state}", *addresses]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = (re.search(r"Listening on\"? address=(\S+)", line) for line in process.stderr)
            address = next(found[1] for found in told if found)
            with httpx2.Client(base_url=f"http://{address}/api/v2", trust_env=False) as client:
                yield client
        finally:
            process.kill()


def kept_back(client: httpx2.Client, *, at_least: int) -> set[str]:
    """The alerts of which nobody is told for now; looked at anew until there are as many."""
    for _ in range(ASKED_MAX):
        alerts = client.get("/alerts").json()
        found = {each["labels"]["alertname"] for each in alerts if each["status"]["inhibitedBy"]}
        if len(found) >= at_least:
            return found
    return set()


def matched(route: dict[str, Any], name: str) -> list[str]:
    """Matchers of either form, as words; an operator's object says nothing where it means equality."""
    return [
        each if isinstance(each, str) else f'{each["name"]} {each.get("matchType", "=")} "{each["value"]}"'
        for each in route[name]
    ]


@needs_amtool
def test_alertmanager_itself_takes_the_file() -> None:
    checked = amtool("check-config", str(FILE))

    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_amtool
@pytest.mark.parametrize(("severity", "receiver"), [("page", "on-call"), ("ticket", "tickets"), ("", "tickets")])
def test_severity_says_whom_an_alert_reaches(severity: str, receiver: str) -> None:
    found = amtool("config", "routes", "test", f"--config.file={FILE}", f"severity={severity}")

    assert found.stdout.strip() == receiver


@pytest.mark.long
@needs_alertmanager
@pytest.mark.parametrize("gone", ["YimaServiceDown", "YimaRoleGone", "YimaRoleSilent", "YimaNotReady"])
def test_what_is_gone_keeps_back_the_tickets_of_its_own_service_and_no_others(gone: str, tmp_path: Path) -> None:
    of_intake = {"severity": "ticket", "service": "intake"}
    fired: list[dict[str, str]] = [
        {"alertname": gone, "severity": "page", "service": "intake"},
        {"alertname": "YimaConsumerLag", "consumer": "intake", **of_intake},
        {"alertname": "YimaLoopFails", "loop": "relay", **of_intake},
        {"alertname": "YimaStreamParked", "severity": "ticket", "service": "reporting"},
        {"alertname": "YimaOutboxWaits", "severity": "page", "service": "intake"},
        {"alertname": "YimaBackupOld", "severity": "ticket"},
        {"alertname": "YimaHolidaysUnknown", "severity": "ticket"},
    ]

    with alertmanager(tmp_path) as client:
        client.post("/alerts", json=[{"labels": labels} for labels in fired]).raise_for_status()
        kept = kept_back(client, at_least=2)

    assert kept == {"YimaConsumerLag", "YimaLoopFails"}


@pytest.mark.long
@needs_alertmanager
def test_what_is_of_no_service_is_told_also_where_all_are_gone(tmp_path: Path) -> None:
    fired = [
        {"alertname": "YimaServiceDown", "severity": "page"},
        {"alertname": "YimaBackupOld", "severity": "ticket"},
        {"alertname": "YimaNotReady", "severity": "page", "service": "routing"},
        {"alertname": "YimaEventsLate", "severity": "ticket", "service": "routing"},
    ]

    with alertmanager(tmp_path) as client:
        client.post("/alerts", json=[{"labels": labels} for labels in fired]).raise_for_status()
        kept = kept_back(client, at_least=1)

    assert kept == {"YimaEventsLate"}


def test_who_is_on_call_is_rung_up_and_written_to_and_tickets_are_written_only() -> None:
    ways = {each["name"]: {way for way in each if way != "name"} for each in CONFIGURED["receivers"]}

    assert ways == {"on-call": {"webhook_configs", "email_configs"}, "tickets": {"email_configs"}}


def test_passwords_come_from_files_that_compose_gives() -> None:
    [on_call] = [each for each in CONFIGURED["receivers"] if each["name"] == "on-call"]
    [webhook] = on_call["webhook_configs"]
    named = {
        CONFIGURED["global"]["smtp_auth_password_file"],
        webhook["http_config"]["authorization"]["credentials_file"],
    }

    assert named == {f"/run/secrets/{secret}" for secret in COMPOSED["services"]["alertmanager"]["secrets"]}


def test_prometheus_sends_to_the_alertmanager_beside_it() -> None:
    prometheus = YAML(typ="safe").load(DEPLOY / "prometheus" / "prometheus.yml")
    [manager] = prometheus["alerting"]["alertmanagers"]
    [target] = manager["static_configs"][0]["targets"]

    assert target.split(":")[0] in COMPOSED["services"]


def test_in_a_cluster_alerts_go_the_same_ways() -> None:
    here, there = CONFIGURED["route"], IN_CLUSTER["spec"]["route"]
    [page], [page_there] = here["routes"], there["routes"]
    [inhibits], [inhibits_there] = CONFIGURED["inhibit_rules"], IN_CLUSTER["spec"]["inhibitRules"]
    ways = [
        {"name": each["name"], "ways": sorted(key.replace("_configs", "Configs") for key in each)}
        for each in CONFIGURED["receivers"]
    ]

    for route, route_there in ((here, there), (page, page_there)):
        assert route["receiver"] == route_there["receiver"]
        assert route["group_wait"] == route_there["groupWait"]
        assert route["repeat_interval"] == route_there["repeatInterval"]
    assert (here["group_by"], here["group_interval"]) == (there["groupBy"], there["groupInterval"])
    assert matched(page, "matchers") == matched(page_there, "matchers")
    assert matched(inhibits, "source_matchers") == matched(inhibits_there, "sourceMatch")
    assert matched(inhibits, "target_matchers") == matched(inhibits_there, "targetMatch")
    assert inhibits["equal"] == inhibits_there["equal"] == ["service"]
    assert ways == [{"name": each["name"], "ways": sorted(each)} for each in IN_CLUSTER["spec"]["receivers"]]
