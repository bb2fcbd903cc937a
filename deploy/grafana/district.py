"""The dashboards of those who are judged by the figures, and of those who help before a deadline is missed."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana import figure_sql
from deploy.grafana.frame import board, of_district
from deploy.grafana.panels import CASE, PLACE, WIDTH, Panel, by_group, listing, number, trend, words_and_numbers
from services.reporting.domain import (
    backlog,
    closing_rate,
    delivery_rate,
    extension_share,
    feedback_coverage,
    first_response,
    follow_ups_kept,
    handling_rate,
    on_time_closing_rate,
    reopen_rate,
    repeat_reports,
    returns,
    rework_rate,
    satisfaction,
    stage_times,
    suspended_share,
    whistle_report_in,
)
from services.reporting.domain.definition import Definition

MONTH, TODAY = "now/M", "now/d"


def boards() -> Mapping[str, models.Dashboard]:
    """Each by the name of its file."""
    return {
        "district-today": _board("today", "今天全区怎么样 · District today", _today(), since=TODAY),
        "handling-rate": _board("handling", "处置率 · Handling rate", _handling()),
        "satisfaction": _board("satisfaction", "满意率 · Satisfaction", _satisfaction()),
        "units": _board("units", "各单位 · Units", _units()),
        "places": _board("places", "各地点 · Places", _places()),
        "clocks": _board("clocks", "时限与升级 · Clocks and escalations", _clocks()),
        "messages": _board("messages", "短信 · Messages", _messages()),
    }


def _board(uid: str, title: str, panels: Sequence[Panel], *, since: str = MONTH) -> models.Dashboard:
    words = (
        "每个数的算法在它的说明里；点数字、表里点“打开”，看背后的工单。Each number opens into the tickets behind it."
    )
    return board(uid, title, words, [*panels, _known_until()], variables=of_district(), since=since)


def _known_until() -> Panel:
    return words_and_numbers(
        "数据截至何时 · Figures know events until",
        "指标已经算进的最新一件事的时间；没有人报事时它也不动。The newest event that is counted.",
        figure_sql.listed("known_until"),
        unit="dateTimeAsIso",
    )


def _steps_drawn() -> Panel:
    return words_and_numbers(
        "走势画了几段 · Steps that lines draw",
        f"走势只画最新的 {figure_sql.POINTS_MAX} 段；共有的更多时，把周期换成周或月就看得全。"
        f"Lines draw the newest {figure_sql.POINTS_MAX} steps: where there are more, weeks or months show them all.",
        figure_sql.steps_drawn(),
        unit="locale",
    )


def _today() -> list[Panel]:
    return [
        number(backlog.OPEN, title="现在有多少件没办结 · Open now"),
        number(backlog.OVERDUE, title="现在有多少件超期 · Overdue now", alarm_from=1),
        number(
            backlog.OPEN,
            title="其中紧急的有多少件 · Urgent and open",
            sql=figure_sql.number(backlog.OPEN, urgency="urgent"),
            alarm_from=1,
        ),
        words_and_numbers(
            "吹了哨还没到的有几个 · Whistles out",
            "吹了哨、还没报到、时限也还没过的单位；哪些件，见下面的表。Called, not there yet, not late: listed below.",
            figure_sql.still_due(whistle_report_in.FIGURE),
            unit="locale",
        ),
        _list(
            "哪些件最久没人接 · Oldest unaccepted",
            "没办结、也没有人接过的件，最早的在前。Open and not accepted.",
            "oldest_unaccepted",
            since="上报时间",
        ),
        _list(
            "哪些件超期最久 · Longest overdue",
            "没办结、时限已过的件，超期最久的在前。The longest first.",
            "overdue_longest",
            since="超期起",
        ),
        _list(
            "吹了哨还没到的是哪些 · Which whistles are out",
            "吹了哨、还没报到的单位，最先到时限的在前。Called and not there yet, by when they must be.",
            "whistles_out",
            since="应到",
            width=WIDTH,
        ),
        number(backlog.RECEIVED, title="今天来了多少件 · Received"),
        number(backlog.ESCALATIONS, title="今天升级了几次 · Escalations", alarm_from=1),
        number(handling_rate.FIGURE),
    ]


def _list(title: str, words: str, name: str, *, since: str, width: int = WIDTH // 2) -> Panel:
    sql = figure_sql.listed_cases(name, since=since)
    return listing(title, words, sql, link=CASE, hidden=["ticket"], width=width)


def _handling() -> list[Panel]:
    figures = (handling_rate.FIGURE, closing_rate.FIGURE, on_time_closing_rate.FIGURE)
    return [
        *(number(figure, width=8) for figure in figures),
        *(trend(figure, width=8) for figure in figures),
        _by_area(handling_rate.FIGURE),
        _by_category(handling_rate.FIGURE),
        _by_area(on_time_closing_rate.FIGURE),
        _by_category(on_time_closing_rate.FIGURE),
        number(stage_times.RESOLVE, width=9),
        number(stage_times.CLOSE, width=9),
        number(on_time_closing_rate.WITHOUT_SLA, width=6),
        _steps_drawn(),
    ]


def _satisfaction() -> list[Panel]:
    figures = (satisfaction.FIGURE, feedback_coverage.FIGURE, reopen_rate.FIGURE)
    return [
        *(number(figure, width=8) for figure in figures),
        *(trend(figure, width=8) for figure in figures),
        _by_unit(satisfaction.FIGURE),
        _by_category(satisfaction.FIGURE),
        _by_area(satisfaction.FIGURE),
        _by_unit(reopen_rate.FIGURE),
        _steps_drawn(),
    ]


def _units() -> list[Panel]:
    figures = (
        handling_rate.FIGURE,
        on_time_closing_rate.FIGURE,
        backlog.OVERDUE,
        stage_times.ACCEPT,
        rework_rate.FIGURE,
        returns.FIGURE,
        whistle_report_in.FIGURE,
        suspended_share.FIGURE,
    )
    return [_by_unit(figure) for figure in figures]


def _places() -> list[Panel]:
    silent = "目录里在用、但从来没有来过一件事的地点：二维码可能没贴上、看不见或坏了。扫码本身不留记录。"
    return [
        number(repeat_reports.FIGURE),
        number(backlog.RECEIVED),
        number(backlog.MERGED),
        words_and_numbers(
            "有多少个码从没人报过事 · Stickers never reported from",
            f"{silent} Places in use from which no report ever came; a scan alone is not kept.",
            figure_sql.listed("silent_places_count"),
            unit="locale",
        ),
        trend(repeat_reports.FIGURE),
        _by_area(repeat_reports.FIGURE),
        listing(
            "哪些地点反复出问题 · Where troubles come back",
            "30 天内又有人报事的地点，次数多的在前。Reports within 30 days of another from the place.",
            figure_sql.listed("repeat_places"),
            link=PLACE,
            link_words="这个地点没办结的件 · the place's open cases",
            hidden=["code"],
        ),
        listing(
            "哪些码从没人报过事 · Which stickers were never reported from",
            f"{silent} The first 200 by area.",
            figure_sql.listed("silent_places"),
            link="${pages}/r/${__data.fields.code:raw}",
            hidden=["code"],
        ),
        _steps_drawn(),
    ]


def _clocks() -> list[Panel]:
    return [
        number(backlog.OVERDUE, alarm_from=1),
        number(backlog.ESCALATIONS, alarm_from=1),
        number(suspended_share.FIGURE),
        number(extension_share.FIGURE),
        number(whistle_report_in.FIGURE, width=12),
        number(follow_ups_kept.FIGURE, width=12),
        number(first_response.FIGURE, sql=figure_sql.first_response(), unit="m", counts=("件数",), width=8),
        number(stage_times.ACCEPT, width=8),
        number(stage_times.VERIFY, width=8),
        trend(backlog.ESCALATIONS),
        trend(backlog.OVERDUE),
        trend(stage_times.ACCEPT),
        trend(stage_times.RESOLVE),
        _by_unit(backlog.ESCALATIONS),
        _by_unit(extension_share.FIGURE),
        _steps_drawn(),
    ]


def _messages() -> list[Panel]:
    return [
        number(delivery_rate.FIGURE, width=12),
        number(feedback_coverage.FIGURE, width=12),
        trend(delivery_rate.FIGURE),
        listing(
            "这段时间的短信后来怎样 · What became of the messages",
            "每条短信的每一步都算一次；不发的写原因。Each step of a message counts once; what was kept back says why.",
            figure_sql.message_ends(),
        ),
        _by_category(delivery_rate.FIGURE),
        _by_area(delivery_rate.FIGURE),
        _steps_drawn(),
    ]


def _by_unit(figure: Definition) -> Panel:
    return by_group(figure, "unit", names="units", title=f"各单位的{figure.name.zh} · {figure.name.en} by unit")


def _by_category(figure: Definition) -> Panel:
    title = f"各类别的{figure.name.zh} · {figure.name.en} by category"
    return by_group(figure, "category", names="categories", title=title)


def _by_area(figure: Definition) -> Panel:
    return by_group(figure, "level_area", names="areas", title=f"各区域的{figure.name.zh} · {figure.name.en} by area")
