"""Stories as they could have gone, made from a seed that a failing test prints."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from shared.contracts.intake import Link, Rating
from shared.contracts.routing import FollowUpPlanned
from tests.integration.reporting.stories import OPENED_AT, OTHER, PLACE, Story

CATEGORIES = ("order", "greening", "leaks")


def random_stories(seed: int, count: int) -> list[Story]:
    """Tickets around the month: history or not, with and without SLA, stopped at any stage, some told twice."""
    random = Random(seed)  # noqa: S311 - a seed, no secret.
    return [_random_story(random) for _ in range(count)]


def _random_story(random: Random) -> Story:
    opened_at = OPENED_AT + timedelta(hours=random.randint(-600, 600))
    story = Story(
        ticket=UUID(int=random.getrandbits(128), version=4),
        opened_at=opened_at,
        place=random.choice([PLACE, "P2", "P3", "P4", "P5"]),
        split_from=OTHER if random.random() < 0.1 else None,
        link=random.choice([*Link]),
        category=random.choice(["order", "greening", None]),
        resolve_by=random.choice([None, opened_at + timedelta(hours=random.randint(1, 200))]),
        history=random.random() < 0.3,
        phone=random.random() < 0.8,
    )
    # Of its own, so that a seed tells the same stories as before.
    chance = Random(story.ticket.int)  # noqa: S311 - a seed, no secret.
    at = opened_at
    _categorised(story, at, chance)
    for _ in range(random.randint(0, 9)):
        at += timedelta(hours=random.randint(1, 60))
        _next_turn(story, at, random)
        _categorised(story, at, chance)
    _categorised(story, at + timedelta(hours=chance.randint(1, 900)), chance)
    return story


def _turn(story: Story) -> str:
    """What it came to last: another category changes nothing in where it stands."""
    return next(name for event in reversed(story.routing) if (name := type(event).__name__) != "CaseCategorised")


def _categorised(story: Story, at: datetime, chance: Random) -> None:
    """Now and then it counts as something else from then on."""
    if _turn(story) != "CaseClosed" and chance.random() < 0.2:
        story.categorised(at, chance.choice([each for each in CATEGORIES if each != story.category]))


def _next_turn(story: Story, at: datetime, random: Random) -> None:
    """Whatever may follow the last turn."""
    resolve_by = random.choice([None, at + timedelta(hours=random.randint(1, 100))])
    match _turn(story):
        case "CaseResolved":
            _judged(story, at, resolve_by, passes=random.random() < 0.7)
        case "VerificationPassed":
            story.closed(at)
        case "CaseClosed" if random.random() < 0.5:
            story.rated(at, random.choice(list(Rating)))
        case "CaseClosed":
            story.reopened(at, resolve_by=resolve_by)
        case "VerificationFailed" if random.random() < 0.3:
            story.transferred(at)
        case (
            "CaseAccepted" | "DeadlineRecomputed" | "ExtensionGranted" | "SuspensionGranted" | "SuspensionEnded" as last
        ):
            _at_work(story, at, last, resolve_by, random)
        case _:
            story.accepted(at) if story.history or random.random() < 0.7 else story.escalated(at)


def _judged(story: Story, at: datetime, resolve_by: datetime | None, *, passes: bool) -> None:
    if passes:
        story.verified(at)
    else:
        story.failed(at, resolve_by=resolve_by)


def _at_work(story: Story, at: datetime, last: str, resolve_by: datetime | None, random: Random) -> None:
    """Done, unless more time is granted or the clock stands still; what stands still runs on first."""
    has_clock = story.resolve_by is not None and not story.history
    if last == "SuspensionGranted":
        story.resumed(at, resolve_by=resolve_by or at + timedelta(hours=1))
    elif last in ("CaseAccepted", "DeadlineRecomputed") and has_clock and resolve_by and random.random() < 0.2:
        story.recounted(at, resolve_by=resolve_by)
    elif last == "CaseAccepted" and has_clock and random.random() < 0.4:
        story.suspended(at) if resolve_by is None else story.extended(at, resolve_by=resolve_by)
    else:
        story.resolved(at)


def eventful_stories(seed: int, count: int) -> list[Story]:
    """The same with all that may happen beside a case's way: calls, follow-ups, returns, merging, messages."""
    stories = random_stories(seed, count)
    random = Random(seed)  # noqa: S311 - a seed, no secret.
    for story in stories:
        if not story.history:
            _end_differently(story, random)
            _beside(story, random)
    return stories


def _end_differently(story: Story, random: Random) -> None:
    at = story.routing[-1].at + timedelta(hours=random.randint(1, 30))
    over = _turn(story) in ("CaseClosed", "CaseResolved", "VerificationPassed")
    if over or random.random() < 0.6:
        return
    match random.choice(["returned", "merged", "withdrawn"]):
        case "returned":
            story.returned(at)
            if story.resolve_by is not None and random.random() < 0.5:
                story.recounted(
                    at + timedelta(hours=1), resolve_by=at + timedelta(hours=random.randint(2, 90)), unit=None
                )
        case "merged":
            story.merged(at, resolve_by=at + timedelta(hours=random.randint(1, 100)))
        case _:
            story.withdrawn(at).rated(at + timedelta(hours=1), Rating.DISSATISFIED)


def _beside(story: Story, random: Random) -> None:
    """What changes nothing in where the case stands is told last, and dated after all else."""
    at = max(event.at for event in story.routing)
    for _ in range(random.randint(0, 2)):
        by, later = (at + timedelta(hours=random.randint(1, 90)) for _ in range(2))
        if random.random() < 0.5:
            _called(story, random, at=at, by=by, later=later)
        else:
            _to_follow_up(story, random, at=at, by=by, later=later)
        at = later
    if random.random() < 0.7:
        story.sent(at, delivered_at=random.choice([None, at + timedelta(hours=random.randint(0, 300))]))


def _called(story: Story, random: Random, *, at: datetime, by: datetime, later: datetime) -> None:
    report_by = random.choice([by, by, None])
    story.whistled(at, report_by=report_by)
    if report_by is not None and random.random() < 0.3:
        by += timedelta(hours=random.randint(-20, 60))
        story.call_recounted(at, report_by=by)
    match random.choice(["comes", "comes", "declines", "stays away"]):
        case "comes":
            story.reported_in(later, in_time=later <= by)
        case "declines":
            story.declined(later)
            if random.random() < 0.7:
                _called_again(story, random, at=later)
        case _:
            pass


def _called_again(story: Story, random: Random, *, at: datetime) -> None:
    """The grid insists; the clock of that moment may be counted anew too."""
    by, later = (at + timedelta(minutes=random.randint(1, 60)) for _ in range(2))
    story.insisted(at, report_by=by)
    if random.random() < 0.4:
        by += timedelta(minutes=random.randint(-20, 60))
        story.call_recounted(at, report_by=by)
    if random.random() < 0.7:
        story.reported_in(later, in_time=later <= by)


def _to_follow_up(story: Story, random: Random, *, at: datetime, by: datetime, later: datetime) -> None:
    occurrence = 1 + sum(isinstance(event, FollowUpPlanned) for event in story.routing)
    story.planned(at, deadline=by, occurrence=occurrence)
    if random.random() < 0.3:
        story.follow_up_recounted(at, deadline=by + timedelta(hours=random.randint(-20, 60)), occurrence=occurrence)
    match random.choice(["done", "done", "back", "dropped", "missed"]):
        case "done":
            story.followed_up(later, occurrence=occurrence)
        case "back":
            story.recurred(later, occurrence=occurrence)
        case "dropped":
            story.cancelled(later, occurrence=occurrence)
        case _:
            pass
