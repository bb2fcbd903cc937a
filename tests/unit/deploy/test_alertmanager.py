"""Whom alerts reach: a page rings somebody up, a ticket does not, and on Kubernetes it is the same."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

DEPLOY = Path(__file__).parents[3] / "deploy"
FILE = DEPLOY / "alertmanager" / "alertmanager.yml"
CONFIGURED: dict[str, Any] = YAML(typ="safe").load(FILE)
IN_CLUSTER: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "k8s" / "components" / "monitoring" / "alerting.yaml")
COMPOSED: dict[str, Any] = YAML(typ="safe").load(DEPLOY.parent / "docker-compose.yml")
AMTOOL = shutil.which("amtool")

needs_amtool = pytest.mark.skipif(
    AMTOOL is None and "CI" not in os.environ, reason="amtool is not installed (Debian: prometheus-alertmanager)"
)


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert AMTOOL is not None, "install amtool (Debian: prometheus-alertmanager)"
    return subprocess.run([AMTOOL, *arguments], capture_output=True, text=True, check=False, timeout=60)


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
    assert ways == [{"name": each["name"], "ways": sorted(each)} for each in IN_CLUSTER["spec"]["receivers"]]
