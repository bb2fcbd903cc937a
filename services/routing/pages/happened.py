"""What an entry of a case's timeline tells of, each with words of its own in the catalogues: `case.happened.…`."""

import re
from collections.abc import Iterator
from enum import StrEnum

from shared.contracts.routing import (
    EVENTS,
    AwaitedUnitReplaced,
    DeadlineRecomputed,
    JointTaskEntrusted,
)


class Happened(StrEnum):
    """What is told in other words than those of its event: by whom it was, by which clock, or by no event at all."""

    OPENED_AGAIN = "opened_again"
    MOVED_BY_DISTRICT = "moved_by_district"
    VERIFIER_BY_DISTRICT = "verifier_by_district"
    ANSWERER_BY_DISTRICT = "answerer_by_district"
    CATEGORY_GUESSED = "category_guessed"
    DISPUTED = "disputed"
    ACCEPT_MISSED = "accept_missed"
    FIRST_RESPONSE_MISSED = "first_response_missed"
    VERIFY_MISSED = "verify_missed"
    DEADLINE_FOUND_MISSED = "deadline_found_missed"
    SUPERVISED = "supervised"
    RATED_SATISFIED = "rated_satisfied"
    RATED_SO_SO = "rated_so_so"
    RATED_DISSATISFIED = "rated_dissatisfied"
    FORGOTTEN = "forgotten"
    WHISTLE_BY_RULE = "whistle_by_rule"
    REPORTED_IN_LATE = "reported_in_late"
    MADE_LEAD = "made_lead"
    REPORT_IN_MISSED = "report_in_missed"
    EXTENSION_UNANSWERED = "extension_unanswered"
    SUSPENSION_UNANSWERED = "suspension_unanswered"
    TASK_UNANSWERED = "task_unanswered"
    ACCEPT_RECOUNTED = "accept_recounted"
    FIRST_RESPONSE_RECOUNTED = "first_response_recounted"
    RESOLVE_RECOUNTED = "resolve_recounted"
    VERIFY_RECOUNTED = "verify_recounted"
    REPORT_IN_RECOUNTED = "report_in_recounted"
    ANSWER_RECOUNTED = "answer_recounted"
    FOLLOW_UP_RECOUNTED = "follow_up_recounted"
    FOLLOW_UP_AGAIN = "follow_up_again"
    REOPENED_BY_ANOTHER = "reopened_by_another"
    REOPENED_WITH_ITS_MASTER = "reopened_with_its_master"
    WITHDREW_TOO_LATE = "withdrew_too_late"


# Told by other lines alone: each clock's, the transfer's that entrusting comes with, the district's.
TOLD_OTHERWISE = (AwaitedUnitReplaced, DeadlineRecomputed, JointTaskEntrusted)


def line_of(event: type[object]) -> str:
    """The line of an event by itself, after its name: `returned` of `CaseReturned`."""
    return re.sub(r"\B([A-Z])", r"_\1", event.__name__.removeprefix("Case")).lower()


def lines() -> Iterator[str]:
    """All that can happen to a case, for its timeline."""
    yield from Happened
    yield from (line_of(event) for event in EVENTS if event not in TOLD_OTHERWISE)
