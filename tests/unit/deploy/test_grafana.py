"""The dashboards: committed as the Python makes them, readable, and with nothing that only this machine would know."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.grafana.__main__ import differing
from services.documents import declared_metrics
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Side
from shared.kernel import metrics
from tests.unit.deploy.grafana_json import DASHBOARDS, Shown, boards, panels

ROOT = Path(__file__).parents[3]
PROVISIONED = ROOT / "deploy" / "grafana" / "provisioning"
ALL = list(panels())
COUNTED = [each for each in ALL if each.sql is not None]
MEASURED = [each for each in ALL if each.sql is None]
WIDTH = 24
# Of no tickets, or of such as no list of the interface has: what leads to each stands in a table beside it.
LEADING_NOWHERE = {
    "数据截至何时 · Figures know events until",
    "走势画了几段 · Steps that lines draw",
    "吹了哨还没到的有几个 · Whistles out",
    "有多少个码从没人报过事 · Stickers never reported from",
    "这段时间的短信后来怎样 · What became of the messages",
}
# What Prometheus' own client tells of every process.
OF_EVERY_PROCESS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}


def every(kind: list[Shown]) -> pytest.MarkDecorator:
    """The panels of a board at a time."""
    of_board = {name: [each for each in kind if each.board == name] for name in sorted({each.board for each in kind})}
    return pytest.mark.parametrize("together", of_board.values(), ids=of_board)


def provisioned(path: str) -> Any:
    return YAML(typ="safe").load(PROVISIONED / path)


def test_committed_files_are_what_the_python_makes() -> None:
    assert differing() == []


def test_there_are_the_dashboards_that_were_promised() -> None:
    assert set(boards()) == {
        "district-today", "handling-rate", "satisfaction", "units", "places", "clocks", "messages", "pipeline", "http",
    }  # fmt: skip


def test_addresses_of_dashboards_are_their_own_and_nobody_edits_what_is_provisioned() -> None:
    assert len({board["uid"] for board in boards().values()}) == len(boards())
    assert all(board["editable"] is False and board["timezone"] == "Asia/Shanghai" for board in boards().values())


@pytest.mark.parametrize("name", sorted(boards()))
def test_panels_do_not_overlap_and_fit_the_grid(name: str) -> None:
    places = [panel["gridPos"] for panel in boards()[name]["panels"]]

    assert all(at["x"] >= 0 and at["x"] + at["w"] <= WIDTH and at["w"] >= 6 and at["h"] >= 6 for at in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


@pytest.mark.parametrize("name", sorted(boards()))
def test_no_two_panels_of_a_dashboard_have_one_title_or_number(name: str) -> None:
    shown = boards()[name]["panels"]

    assert len({panel["title"] for panel in shown}) == len({panel["id"] for panel in shown}) == len(shown)


@every(ALL)
def test_panel_says_what_it_is_in_which_unit_and_what_to_think_when_it_is_empty(together: list[Shown]) -> None:
    for shown in together:
        told = shown.panel["fieldConfig"]["defaults"]

        assert re.match(r"[\u4e00-\u9fff]|HTTP", shown.title)
        assert len(shown.panel["description"]) > 20
        assert told["unit"]
        assert told["noValue"]
        assert told["thresholds"]["steps"][0]["value"] is None


@every(ALL)
def test_panel_takes_its_data_from_a_source_that_the_dashboard_names(together: list[Shown]) -> None:
    for shown in together:
        declared = {each["name"]: each for each in boards()[shown.board]["templating"]["list"]}

        sources = {shown.panel["datasource"]["uid"], *(each["datasource"]["uid"] for each in shown.panel["targets"])}

        assert len(sources) == 1
        assert declared[sources.pop().strip("${}")]["type"] == "datasource"


@every(ALL)
def test_panel_uses_only_variables_that_are_declared(together: list[Shown]) -> None:
    for shown in together:
        declared = {each["name"] for each in boards()[shown.board]["templating"]["list"]}
        text = str(shown.panel).replace("$__timeFrom()", "").replace("$__timeTo()", "").replace("$__rate_interval", "")

        used = set(re.findall(r"\$\{?(\w+)", text))

        assert used - declared <= {"__data"}


@every(COUNTED)
def test_panel_leads_to_the_tickets_behind_it(together: list[Shown]) -> None:
    for shown in together:
        assert bool(shown.links) is (shown.title not in LEADING_NOWHERE)
        for link in shown.links:
            assert link["url"].startswith("${pages}/")
            if figure := re.search(r"/figures/(\w+)/tickets\?of=(\w+)&", link["url"]):
                assert FIGURES[figure[1]].part(Side(figure[2]))
                assert "AS asked" in (shown.sql or "")


@every(MEASURED)
def test_metric_of_a_panel_exists(together: list[Shown]) -> None:
    for shown in together:
        declared = declared_metrics(Path(metrics.__file__).read_text(encoding="utf-8"))
        names = {each.name for each in declared} | OF_EVERY_PROCESS

        for target in shown.panel["targets"]:
            used = re.findall(r"\b((?:yima|process)_\w+|up)\{", target["expr"])
            assert used
            assert {re.sub(r"_(bucket|count|sum)$", "", name) if name not in names else name for name in used} <= names


def test_sources_are_those_that_the_dashboards_begin_with_and_their_password_comes_from_a_file() -> None:
    sources = {each["uid"]: each for each in provisioned("datasources/yima.yaml")["datasources"]}
    chosen = {
        (each["current"]["value"], each["query"])
        for board in boards().values()
        for each in board["templating"]["list"]
        if each["type"] == "datasource"
    }

    assert chosen == {(uid, source["type"]) for uid, source in sources.items()}
    assert sources["yima-figures"]["secureJsonData"] == {"password": "$__file{/run/secrets/grafana-reader}"}
    assert sources["yima-figures"]["user"] == "yima_grafana"


def test_every_folder_of_dashboards_is_provisioned_under_a_name_that_people_read() -> None:
    providers = provisioned("dashboards/yima.yaml")["providers"]
    [group] = provisioned("alerting/yima.yaml")["groups"]

    paths = {each["options"]["path"].removeprefix("/var/lib/grafana/dashboards/") for each in providers}

    assert paths == {file.parent.name for file in DASHBOARDS.rglob("*.json")}
    assert group["folder"] in {each["folder"] for each in providers}


def test_alert_rules_ask_provisioned_sources_and_lead_to_a_dashboard() -> None:
    uids = {each["uid"] for each in provisioned("datasources/yima.yaml")["datasources"]} | {"__expr__"}
    [group] = provisioned("alerting/yima.yaml")["groups"]

    assert [rule["uid"] for rule in group["rules"]] == ["yima-whistles-missed"]
    for rule in group["rules"]:
        assert {each["datasourceUid"] for each in rule["data"]} <= uids
        assert rule["annotations"]["__dashboardUid__"] in {board["uid"] for board in boards().values()}
        assert rule["annotations"]["summary"]
