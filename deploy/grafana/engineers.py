"""The dashboards of whoever is on call: how old what is on its way has become, and how the processes are."""

from collections.abc import Mapping

from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.frame import board, of_engineers
from deploy.grafana.panels import Panel, metric

SINCE = "now-6h"
OF_SERVICE = 'service_name=~"$service"'


def boards() -> Mapping[str, models.Dashboard]:
    """Each by the name of its file."""
    words = "看的是等了多久，不是有多少。Alarms look at age, not at counts: docs/operations.md."
    return {
        "pipeline": board(
            "pipeline", "事件流水线 · Pipeline", words, _pipeline(), variables=of_engineers(), since=SINCE
        ),
        "http": board("http", "HTTP", words, _processes(), variables=of_engineers(), since=SINCE),
    }


def _rate(metric_name: str, by: str) -> str:
    return f"sum by ({by}) (rate({metric_name}{{{OF_SERVICE}}}[$__rate_interval]))"


def _rate_of(metric_name: str, by: str, *, status: str) -> str:
    return f'sum by ({by}) (rate({metric_name}{{{OF_SERVICE}, status="{status}"}}[$__rate_interval]))'


def _quantile(share: float, metric_name: str, by: str) -> str:
    rate = f"sum by (le, {by}) (rate({metric_name}_bucket{{{OF_SERVICE}}}[$__rate_interval]))"
    return f"histogram_quantile({share}, {rate})"


def _largest(metric_name: str, by: str) -> str:
    return f"max by ({by}) ({metric_name}{{{OF_SERVICE}}})"


def _pipeline() -> list[Panel]:
    return [
        metric(
            "事件多久才生效 · Event age by hop",
            "From an event's happening to its effect, by who takes it in: median and 99 in 100.",
            {
                "{{consumer}} p50": _quantile(0.5, "yima_event_age_seconds", "consumer"),
                "{{consumer}} p99": _quantile(0.99, "yima_event_age_seconds", "consumer"),
            },
            unit="s",
            alarm_from=60,
        ),
        metric(
            "发件箱里最老的等了多久 · Oldest outbox row",
            "How long the oldest event has waited for the broker: the first alarm to look at.",
            {"{{service}}": _largest("yima_outbox_oldest_age_seconds", "service")},
            unit="s",
            alarm_from=60,
        ),
        metric(
            "有多少事件还没读 · Consumer lag",
            "Records that have come and are still to be taken; it stays as it was while the broker is away.",
            {"{{consumer}}": _largest("yima_consumer_lag_records", "consumer")},
            unit="locale",
        ),
        metric(
            "事件读得多快 · Events taken in",
            "Events that took effect in a second, beside those passed over since they had taken effect before.",
            {
                "{{consumer}} 生效": _rate("yima_consumed_total", "consumer"),
                "{{consumer}} 重复": _rate("yima_duplicates_total", "consumer"),
            },
            unit="ops",
        ),
        metric(
            "搁置的流最老多久 · Oldest parked stream",
            "Seconds since the oldest parked event was parked: its case stands still until somebody helps.",
            {"{{consumer}}": _largest("yima_parked_oldest_age_seconds", "consumer")},
            unit="s",
            alarm_from=300,
        ),
        metric(
            "为什么搁置 · Parked, by reason",
            "Events parked a second: poison, gap, fork, waiting, behind.",
            {"{{consumer}} {{reason}}": _rate("yima_parked_total", "consumer, reason")},
            unit="ops",
        ),
        metric(
            "时限晚了多久才响 · How late timers are",
            "Seconds that the timer which is due longest is late; deadlines are acted on so much too late.",
            {"{{service}}": _largest("yima_timers_oldest_late_seconds", "service")},
            unit="s",
            alarm_from=60,
        ),
        metric(
            "几个定时任务办不成 · Timers that fail",
            "Timers that were put off since their handler failed, and have not fired: nobody acts on these deadlines.",
            {"{{service}}": _largest("yima_failing_timers", "service")},
            unit="none",
            alarm_from=1,
        ),
        metric(
            "定时任务有没有响 · Timers",
            "Timers fired a second, and those whose handler failed and which were put off.",
            {
                "{{service}} {{kind}}": _rate("yima_timers_fired_total", "service, kind"),
                "{{service}} {{kind}} 失败": _rate("yima_timers_failed_total", "service, kind"),
            },
            unit="ops",
        ),
        metric(
            "发往消息队列 · Relay",
            "Events sent to the broker and acknowledged, a second; sent again after the broker was away.",
            {
                "{{service}}": _rate("yima_relay_sent_total", "service"),
                "{{service}} 重发": _rate("yima_relay_resends_total", "service"),
            },
            unit="ops",
        ),
        metric(
            "看一眼发件箱要多久 · Relay scan",
            "How long the relay's look at its queue takes; it grows when the queue table is not vacuumed.",
            {"{{service}} p99": _quantile(0.99, "yima_relay_scan_seconds", "service")},
            unit="s",
            alarm_from=1,
        ),
        metric(
            "短信发送的结果 · Effects by outcome",
            "Outcomes of effects on the outside world, a second.",
            {"{{service}} {{outcome}}": _rate("yima_effects_total", "service, outcome")},
            unit="ops",
        ),
        metric(
            "最久没发出去的短信 · Longest waiting message",
            "How many seconds the longest waiting message is past its time; it grows while sends are stuck.",
            {"等待": f"max(yima_notifications_oldest_wait_seconds{{{OF_SERVICE}}})"},
            unit="s",
            alarm_from=300,
        ),
    ]


def _processes() -> list[Panel]:
    answers = "yima_http_answer_seconds"
    return [
        metric(
            "网页和接口多久回应 · How long until an answer begins",
            "From a request to the first byte of its answer, by route: 95 in 100.",
            {"{{route}}": _quantile(0.95, answers, "route")},
            unit="s",
            alarm_from=1,
        ),
        metric(
            "每秒多少请求 · Requests by service",
            "Requests that were answered, a second.",
            {"{{service_name}}": _rate(f"{answers}_count", "service_name")},
            unit="reqps",
        ),
        metric(
            "出错的请求 · Requests that failed",
            "Answers that say that we failed (5xx), and those that say that the request was wrong (4xx), a second.",
            {
                "5xx {{route}}": _rate_of(f"{answers}_count", "route", status="5xx"),
                "4xx {{route}}": _rate_of(f"{answers}_count", "route", status="4xx"),
            },
            unit="reqps",
        ),
        metric(
            "服务在不在 · Is each service there",
            "1 where the last look at its metrics was answered, else 0.",
            {"{{service_name}}": f"min by (service_name) (up{{{OF_SERVICE}}})"},
            unit="none",
        ),
        metric(
            "处理器用了多少 · CPU",
            "Processor seconds that each process used in a second; one process uses one at most.",
            {"{{service_name}}": _rate("process_cpu_seconds_total", "service_name")},
            unit="none",
            alarm_from=0.9,
        ),
        metric(
            "内存用了多少 · Memory",
            "What each process holds of the machine's memory.",
            {"{{service_name}}": _largest("process_resident_memory_bytes", "service_name")},
            unit="bytes",
        ),
        metric(
            "循环重启 · Loops that failed",
            "How often a loop failed and was started again: the database or the broker is away.",
            {"{{loop}}": _rate("yima_loop_failures_total", "loop")},
            unit="ops",
        ),
        metric(
            "日志丢了没有 · Log lines lost",
            "Lines that could not be written to the log: the disk is full.",
            {"{{service_name}}": _rate("yima_log_lines_lost_total", "service_name")},
            unit="ops",
        ),
    ]
