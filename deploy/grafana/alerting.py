"""Grafana's own alert rules: only what Prometheus can not know, since figures of a day are counted from events."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from deploy.grafana.figure_sql import counting, template
from services.reporting.domain import whistle_report_in

HEAD = "# Written by `python -m deploy.grafana`; not by hand.\n"
DAY_S = 86_400
WHOLE = "true"


def text() -> str:
    """The file as it should be."""
    yaml, stream = YAML(), io.StringIO()
    yaml.width = 4096
    yaml.dump({"apiVersion": 1, "groups": [_group()]}, stream)
    return HEAD + stream.getvalue()


def _group() -> Mapping[str, Any]:
    rules = (
        _rule(
            uid="yima-whistles-missed",
            title="吹哨没按时报到 · Whistles were missed",
            sql=template(
                "left_undone", name="missed", asked="NULL", figure=counting(whistle_report_in.FIGURE, only=WHOLE)
            ),
            above=2,
            waits="30m",
            summary="过去一天有三个以上单位吹哨后没有按时报到。打开“时限与升级”。",
            description="Three or more units that were called in the last day did not report in on time.",
            board="yima-clocks",
        ),
    )
    return {"orgId": 1, "name": "yima-figures", "folder": "全区 · District", "interval": "5m", "rules": list(rules)}


def _rule(
    *, uid: str, title: str, sql: str, above: int, waits: str, summary: str, description: str, board: str
) -> Mapping[str, Any]:
    day = {"from": DAY_S, "to": 0}
    query = {
        "refId": "A",
        "format": "table",
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": LiteralScalarString(sql),
    }
    condition = {"evaluator": {"type": "gt", "params": [above]}}
    threshold = {"refId": "B", "type": "threshold", "expression": "A", "conditions": [condition]}
    return {
        "uid": uid,
        "title": title,
        "condition": "B",
        "data": [
            {"refId": "A", "relativeTimeRange": day, "datasourceUid": "yima-figures", "model": query},
            {"refId": "B", "relativeTimeRange": day, "datasourceUid": "__expr__", "model": threshold},
        ],
        "for": waits,
        "noDataState": "OK",
        "execErrState": "Error",
        "annotations": {"summary": summary, "description": description, "__dashboardUid__": board},
        "labels": {"service": "reporting"},
        "isPaused": False,
    }
