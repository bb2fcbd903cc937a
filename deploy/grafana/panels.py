"""Panels as all dashboards have them: what they are called, what they say of themselves, and where they lead."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TypeAlias

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana import figure_sql
from services.reporting.domain.definition import Definition, DurationDefinition, RateDefinition
from shared.web.catalogues import load_catalogues

CATALOGUE = load_catalogues("reporting")["zh"]
POSTGRES, PROMETHEUS = "grafana-postgresql-datasource", "prometheus"
FIGURES = models.DataSourceRef(type_val=POSTGRES, uid="${figures}")
METRICS = models.DataSourceRef(type_val=PROMETHEUS, uid="${metrics}")
TICKETS = "${pages}/desk/figures/%s/tickets?of=%s&${__data.fields.asked:raw}"
CASE = "${pages}/desk/cases/${__data.fields.ticket:raw}"
PLACE = "${pages}/desk?show=area&place=${__data.fields.code:raw}"
OPEN = "打开 · open"
NOTHING = "这段时间没有可算的 · nothing to count"
HIDDEN = [models.DynamicConfigValue("custom.hidden", True)]
NEWEST_ALONE = f"最多画最新的 {figure_sql.POINTS_MAX} 段 · the newest {figure_sql.POINTS_MAX} steps at most."
# The columns of lists that say when.
MOMENTS = ("上报时间", "超期起", "应到")
WIDTH, HEIGHT = 24, 8

Panel: TypeAlias = Builder[models.Panel]


@dataclass(frozen=True, slots=True)
class Rows(Builder[Dataquery], Dataquery):
    """A query to PostgreSQL, for which the SDK has no type of its own."""

    sql: str

    def build(self) -> Dataquery:
        """Itself."""
        return self

    def to_json(self) -> dict[str, object]:
        """As Grafana keeps it."""
        return {
            "refId": "A",
            "datasource": FIGURES.to_json(),
            "editorMode": "code",
            "format": "table",
            "rawQuery": True,
            "rawSql": self.sql,
        }


def title_of(figure: Definition) -> str:
    """A figure's name, for both kinds of readers."""
    return f"{figure.name.zh} · {figure.name.en}"


def definition_of(figure: Definition) -> str:
    """How a figure is counted: in Chinese as pages and circulars say it, then as `docs/figures.md` tells it."""
    said = CATALOGUE.say(f"figures.said.{figure.id}")
    lines = [f"**{figure.name.zh}**: {said}", "", f"**{figure.name.en}** = {figure.formula}"]
    lines.append(f"- Numerator: {figure.numerator.words}.")
    if isinstance(figure, RateDefinition):
        lines.append(f"- Denominator: {figure.denominator.words}.")
    lines += [f"- Left out: {figure.exclusions}", f"- Placed in a period by: {figure.period}."]
    return "\n".join((*lines, f"- Unit: {figure.unit}. Source: {figure.source}."))


def unit_of(figure: Definition) -> str:
    """Grafana's unit of a figure's first number."""
    match figure:
        case RateDefinition():
            return "percent"
        case DurationDefinition():
            return "m"
        case _:
            return "locale"


def counts_of(figure: Definition) -> Sequence[str]:
    """The columns that are numbers of things, beside the figure itself."""
    match figure:
        case RateDefinition():
            return ("分子", "分母")
        case DurationDefinition():
            return ("件数",)
        case _:
            return ()


def links_of(figure: Definition) -> list[Builder[models.DashboardLink]]:
    """Where a figure's tickets are listed: each side of a share."""
    sides = {"numerator": "分子的工单 · tickets of the numerator"}
    if isinstance(figure, RateDefinition):
        sides["denominator"] = "分母的工单 · tickets of the denominator"
    else:
        sides["numerator"] = "背后的工单 · the tickets behind"
    return [_link(words, TICKETS % (figure.id, side)) for side, words in sides.items()]


def number(
    figure: Definition,
    *,
    title: str = "",
    sql: str = "",
    unit: str = "",
    counts: Sequence[str] = (),
    width: int = 6,
    alarm_from: float | None = None,
) -> Panel:
    """A figure as its number, with what it is a share of."""
    panel = (
        stat.Panel()
        .title(title or title_of(figure))
        .description(definition_of(figure))
        .datasource(FIGURES)
        .with_target(Rows(sql or figure_sql.number(figure)))
        .unit(unit or unit_of(figure))
        .no_value(NOTHING)
        .thresholds(_alarm(alarm_from))
        .data_links(links_of(figure))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .color_mode(common_models.BigValueColorMode.VALUE)
        .graph_mode(common_models.BigValueGraphMode.NONE)
        .text_mode(common_models.BigValueTextMode.VALUE_AND_NAME)
        .span(width)
        .height(HEIGHT - 2)
    )
    for column in counts or counts_of(figure):
        panel = panel.override_by_name(column, _count_column())
    return panel


def trend(figure: Definition, *, width: int = WIDTH // 2) -> Panel:
    """A figure over time, with its counts in the tooltip."""
    panel = (
        timeseries.Panel()
        .title(f"{figure.name.zh}走势 · {figure.name.en} over time")
        .description(f"{definition_of(figure)}\n\n{NEWEST_ALONE}")
        .datasource(FIGURES)
        .with_target(Rows(figure_sql.trend(figure)))
        .unit(unit_of(figure))
        .min(0)
        .no_value(NOTHING)
        .thresholds(_alarm(None))
        .data_links(links_of(figure))
        .draw_style(common_models.GraphDrawStyle.LINE)
        .line_interpolation(common_models.LineInterpolation.LINEAR)
        .show_points(common_models.VisibilityMode.ALWAYS)
        .legend(
            common.VizLegendOptions()
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs([])
        )
        .tooltip(
            common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.MULTI).sort(common_models.SortOrder.NONE)
        )
        .span(width)
        .height(HEIGHT)
    )
    for column in counts_of(figure):
        panel = panel.override_by_name(column, [*_count_column(), _quiet()])
    return panel


def by_group(figure: Definition, column: str, *, names: str, title: str, width: int = WIDTH // 2) -> Panel:
    """A figure of each group, never in the order of a rate: a few cases more would turn it upside down."""
    panel = (
        _table(title, definition_of(figure), figure_sql.by_group(figure, column, names=names))
        .unit(unit_of(figure))
        .thresholds(_alarm(None))
        .span(width)
    )
    for counted in counts_of(figure):
        panel = panel.override_by_name(counted, _count_column())
    # Not on every column: a row of what belongs to no group has nothing here, and so leads nowhere.
    leading = [models.DynamicConfigValue("links", [each.build() for each in links_of(figure)])]
    leading.append(models.DynamicConfigValue("noValue", ""))
    return panel.override_by_name("工单", leading).override_by_name("asked", HIDDEN)


def listing(
    title: str,
    words: str,
    sql: str,
    *,
    link: str | None = None,
    link_words: str = OPEN,
    hidden: Sequence[str] = (),
    width: int = WIDTH // 2,
) -> Panel:
    """Rows as they are, each leading to what it is about where there is such a thing."""
    panel = _table(title, words, sql).unit("string").thresholds(_steps((None, "text"))).span(width)
    if link is not None:
        panel = panel.data_links([_link(link_words, link)])
    for moment in MOMENTS:
        panel = panel.override_by_name(moment, [models.DynamicConfigValue("unit", "dateTimeFromNow")])
    for counted in ("重复件数", "条数"):
        panel = panel.override_by_name(counted, _count_column())
    for column in hidden:
        panel = panel.override_by_name(column, HIDDEN)
    return panel


def words_and_numbers(title: str, words: str, sql: str, *, unit: str, width: int = 6) -> Panel:
    """A number that is no figure, with what it means."""
    return (
        stat.Panel()
        .title(title)
        .description(words)
        .datasource(FIGURES)
        .with_target(Rows(sql))
        .unit(unit)
        .no_value(NOTHING)
        .thresholds(_steps((None, "text")))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .color_mode(common_models.BigValueColorMode.VALUE)
        .graph_mode(common_models.BigValueGraphMode.NONE)
        .span(width)
        .height(HEIGHT - 2)
    )


def metric(
    title: str, words: str, queries: Mapping[str, str], *, unit: str, alarm_from: float | None = None, width: int = 12
) -> Panel:
    """A line of Prometheus for each query, named by its legend."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(words)
        .datasource(METRICS)
        .unit(unit)
        .min(0)
        .no_value("没有数据：服务没有启动，或还没有抓取 · no data: the service is down or not scraped yet")
        .thresholds(_steps((None, "green"), *(((alarm_from, "red"),) if alarm_from is not None else ())))
        .span(width)
        .height(HEIGHT)
    )
    for ref, (legend, expression) in zip(ascii_uppercase, queries.items(), strict=False):
        panel = panel.with_target(
            prometheus.Dataquery().ref_id(ref).expr(expression).legend_format(legend).range().datasource(METRICS)
        )
    return panel


def text_of(built: models.Dashboard) -> str:
    """A dashboard as it is committed."""
    return json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _table(title: str, words: str, sql: str) -> table.Panel:
    return (
        table.Panel()
        .title(title)
        .description(words)
        .datasource(FIGURES)
        .with_target(Rows(sql))
        .no_value(NOTHING)
        .height(HEIGHT + 2)
        .cell_height(common_models.TableCellHeight.SM)
        .show_header(True)
    )


def _alarm(alarm_from: float | None) -> dashboard.ThresholdsConfig:
    """Red where something must be done. A rate has no colour: of few cases a bad one may be chance."""
    return _steps((None, "text")) if alarm_from is None else _steps((None, "green"), (alarm_from, "red"))


def _steps(*steps: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value, color) for value, color in steps])
    )


def _link(words: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(words).url(url).target_blank(True)


def _count_column() -> list[models.DynamicConfigValue]:
    return [models.DynamicConfigValue("unit", "locale"), models.DynamicConfigValue("decimals", 0)]


def _quiet() -> models.DynamicConfigValue:
    """Counts stand in the tooltip, and are no line beside a share."""
    return models.DynamicConfigValue("custom.hideFrom", {"viz": True, "legend": True, "tooltip": False})
