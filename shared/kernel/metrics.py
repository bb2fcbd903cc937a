"""Every metric of the platform in one typed list; `docs/metrics.md` is made from it. Labels are never personal."""

import traceback
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

ROOT, PACKAGES = Path(__file__).parents[2], ("services", "shared")
LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# How often a loop failed and was started again; a rising line means that the database or the broker is away.
LOOP_FAILURES = Counter("yima_loop_failures_total", "Failures of a service's loop", ["loop"])

# Lines that could not be written to the log: the disk is full.
LOG_LINES_LOST = Counter("yima_log_lines_lost_total", "Log lines that could not be written")

# Events sent to the broker and acknowledged.
RELAYED = Counter("yima_relay_sent_total", "Events acknowledged by the broker", ["service"])
# Seconds that the oldest unsent event has waited: the first alarm to set.
OUTBOX_AGE = Gauge("yima_outbox_oldest_age_seconds", "Age of the oldest unsent event", ["service"])
# How long the relay's look at its queue takes; it grows when the queue table is not vacuumed.
RELAY_SCAN = Histogram("yima_relay_scan_seconds", "Reading the outbox", ["service"], buckets=LATENCY_BUCKETS_S)
# Times that the relay sent the last minutes again, since the broker had been away.
RESENDS = Counter("yima_relay_resends_total", "Re-sends after the broker was away", ["service"])

# Events that took effect.
CONSUMED = Counter("yima_consumed_total", "Events that took effect", ["consumer"])
# Records passed over since they had taken effect before.
DUPLICATES = Counter("yima_duplicates_total", "Records that had taken effect before", ["consumer"])
# From the event's happening to its effect here.
EVENT_AGE = Histogram(
    "yima_event_age_seconds", "From an event's happening to its effect", ["consumer"], buckets=LATENCY_BUCKETS_S
)
# Events parked, by reason: poison, gap, fork, waiting, behind.
PARKED = Counter("yima_parked_total", "Events parked", ["consumer", "reason"])
# Records that have come and that this process has still to take. While the broker is away it stays as it was.
LAG = Gauge("yima_consumer_lag_records", "Records that were not taken yet", ["consumer"])
# Seconds since the oldest parked event was parked.
PARKED_AGE = Gauge("yima_parked_oldest_age_seconds", "Age of the oldest parked event", ["consumer"])

# Seconds that the timer which is due longest is late; deadlines are acted on so much too late.
TIMERS_LATE = Gauge("yima_timers_oldest_late_seconds", "Lateness of the timer that is due longest", ["service"])
# Timers that were put off since their handler failed, and have not fired: nobody acts on these deadlines.
TIMERS_FAILING = Gauge("yima_failing_timers", "Timers whose handler fails", ["service"])
# Timers fired.
TIMERS_FIRED = Counter("yima_timers_fired_total", "Timers fired", ["service", "kind"])
# Timers whose handler failed and which were put off.
TIMERS_FAILED = Counter("yima_timers_failed_total", "Timers put off after a failure", ["service", "kind"])

# Outcomes of effects on the outside world.
EFFECTS = Counter("yima_effects_total", "Effects on the outside world by outcome", ["service", "outcome"])

# Messages that wait since nobody is on duty: an alarm, since a case waits and no one has been told.
POSTPONED = Counter("yima_notifications_postponed_total", "Messages that wait for somebody on duty")
# Messages that are not sent, by reason.
SUPPRESSED = Counter("yima_notifications_suppressed_total", "Messages not sent, by reason", ["reason"])
# What the provider reported of messages that it had accepted, by status.
RECEIPTS = Counter("yima_notifications_receipts_total", "Receipts of the provider, by status", ["status"])
# How many seconds the longest waiting message is past its time; it grows while sends are stuck.
SEND_WAIT = Gauge("yima_notifications_oldest_wait_seconds", "Wait of the oldest message that is due")

# Urgent cases that are past the deadline that runs for them: somebody in need waits, and the ladder has not helped.
URGENT_OVERDUE = Gauge("yima_urgent_overdue_cases", "Urgent cases past their deadline")

# Cases of a unit that nobody answers for: the urgent ones, of which nobody is told now; or, where none is urgent and no
# turn is to come, all of them.
NOBODY_ON_DUTY = Gauge("yima_nobody_on_duty_cases", "Cases of units that nobody answers for", ["unit", "urgent"])

# How many parts of a service are in trouble; `/readyz` names them and what is wrong.
UNREADY = Gauge("yima_unready_parts", "Parts of a service that keep it from its work", ["service"])
# How much can still be written where the data directory lies.
DISK_FREE = Gauge("yima_disk_free_bytes", "Free space where the data directory lies")
# How much the disk holds where the data directory lies.
DISK_SIZE = Gauge("yima_disk_size_bytes", "Size of the disk where the data directory lies")
# When the newest dump in `YIMA_BACKUPS_DIR` was finished, 0 where there is none; no line where none are looked at.
BACKUP_FINISHED = Gauge("yima_backup_finished_timestamp_seconds", "End of the newest backup", ["kind"])

# What photos are kept in, by what it was asked: to keep, read or drop them, or whether it is there.
PHOTO_STORE_SECONDS = Histogram(
    "yima_photo_store_seconds", "Time that the store of photos takes", ["act"], buckets=LATENCY_BUCKETS_S
)
# What it did not do, and why: silent, denied, no_bucket. Whoever waited was told, and nothing was half done.
PHOTO_STORE_FAILURES = Counter("yima_photo_store_failures_total", "Failures of the store of photos", ["act", "reason"])
# Since when the bucket that photos are kept in has not answered, or has refused us; 0 while all is well. Reports
# without photos go on.
PHOTO_STORE_AWAY = Gauge("yima_photo_store_away_seconds", "Time without the bucket of photos", ["service"])

# How long people and programs wait until an answer begins, by route and kind of status.
HTTP_ANSWERS = Histogram(
    "yima_http_answer_seconds", "From a request to its answer", ["route", "status"], buckets=LATENCY_BUCKETS_S
)

# When the list of holidays ends that the district file knows, of the calendar that ends first. In December deadlines
# fall behind it, and are counted there as if the year had no holidays. Told by routing alone: without a label each
# process would say 0, and the first to end would be in 1970.
CALENDARS_END = Gauge(
    "yima_calendars_end_timestamp_seconds", "End of the last year with a known list of holidays", ["service"]
)


def where(error: BaseException) -> str:
    """What a log may say of an error, whose text can be personal: the last file and line of ours that it came through.

    Where a library raised it, its own stand behind: `services/routing/timers.py:88 (uuid.py:178)`.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown"
    raised = frames[-1]
    spot = f"{Path(raised.filename).name}:{raised.lineno}"
    for frame in reversed(frames):
        if path := _ours(frame.filename):
            return f"{path}:{frame.lineno}" if frame is raised else f"{path}:{frame.lineno} ({spot})"
    return spot


def _ours(filename: str) -> Path | None:
    """Where a file lies in our packages; none of what others wrote, which may be installed beside them."""
    if not Path(filename).is_relative_to(ROOT):
        return None
    path = Path(filename).relative_to(ROOT)
    return path if path.parts[0] in PACKAGES else None
