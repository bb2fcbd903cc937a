"""What all dashboards have in common: the variables above, the time, and the way from one to the next."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.figure_sql import template
from deploy.grafana.panels import FIGURES, POSTGRES, PROMETHEUS, Panel

TAG = "yima"
EVERYTHING = models.VariableOption(text="全部", value="", selected=True)

Variable = Builder[models.VariableModel]


def board(
    uid: str, title: str, words: str, panels: Sequence[Panel], *, variables: Sequence[Variable], since: str
) -> models.Dashboard:
    """A dashboard of these panels, left to right, from `since` until now."""
    built = (
        dashboard.Dashboard(title)
        .uid(f"yima-{uid}")
        .description(words)
        .tags([TAG])
        .timezone("Asia/Shanghai")
        .week_start("monday")
        .time(since, "now")
        .refresh("1m")
        .readonly()
        .variables(list(variables))
        .link(
            dashboard.DashboardLink("看板 · dashboards")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .keep_time(True)
            .include_vars(True)
        )
    )
    for panel in panels:
        built = built.with_panel(panel)
    made = built.build()
    for number, placed in enumerate(made.panels or (), 1):
        if isinstance(placed, models.Panel):
            placed.id_val = number
    return made


def of_district() -> list[Variable]:
    """Which figures' source, what they are narrowed to, and how long a step of a line is."""
    return [
        _source("figures", POSTGRES, "指标库 · figures"),
        _choice("area", "区域 · area", template("choices", view="areas", by="level, name")),
        _choice("category", "类别 · category", template("choices", view="categories", by="name")),
        _choice("unit", "单位 · unit", template("choices", view="units", by="name")),
        _fixed("period", "周期 · period", {"日": "day", "周": "week", "月": "month"}),
        _fixed("level", "区域层级 · level", {"居民区": "community", "网格": "grid", "镇": "town", "小区": "estate"}),
        _choice("pages", "网址 · pages", template("pages")).hide(models.VariableHide.HIDE_VARIABLE),
    ]


def of_engineers() -> list[Variable]:
    """Which Prometheus, and which services."""
    services = (
        dashboard.QueryVariable("service")
        .label("服务 · service")
        .datasource(models.DataSourceRef(type_val=PROMETHEUS, uid="${metrics}"))
        .query({"query": "label_values(up, service_name)", "refId": "service"})
        .refresh(models.VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(text="All", value="$__all", selected=True))
    )
    return [_source("metrics", PROMETHEUS, "监控库 · metrics"), services]


def _source(name: str, kind: str, label: str) -> Variable:
    current = models.VariableOption(text=f"Yima {name}", value=f"yima-{name}", selected=True)
    return dashboard.DatasourceVariable(name).label(label).type(kind).current(current)


def _choice(name: str, label: str, sql: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(FIGURES)
        .query(sql)
        .refresh(models.VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(False)
        .include_all(False)
        .current(EVERYTHING)
    )


def _fixed(name: str, label: str, values: dict[str, str]) -> Variable:
    options = [models.VariableOption(text=text, value=value, selected=False) for text, value in values.items()]
    options[0].selected = True
    query = ",".join(f"{text} : {value}" for text, value in values.items())
    return dashboard.CustomVariable(name).label(label).values(query).options(options).current(options[0])
