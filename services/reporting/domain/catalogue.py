"""Every figure there is, by the name that it is asked for by."""

from collections.abc import Mapping

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

FIGURES: Mapping[str, Definition] = {
    figure.id: figure
    for figure in (
        handling_rate.FIGURE,
        closing_rate.FIGURE,
        on_time_closing_rate.FIGURE,
        on_time_closing_rate.WITHOUT_SLA,
        first_response.FIGURE,
        *stage_times.STAGES,
        satisfaction.FIGURE,
        feedback_coverage.FIGURE,
        rework_rate.FIGURE,
        reopen_rate.FIGURE,
        returns.FIGURE,
        whistle_report_in.FIGURE,
        suspended_share.FIGURE,
        extension_share.FIGURE,
        follow_ups_kept.FIGURE,
        repeat_reports.FIGURE,
        delivery_rate.FIGURE,
        *backlog.FIGURES,
    )
}
