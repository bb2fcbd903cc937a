"""Stories as they could have gone, made from a seed that a failing test prints."""

from datetime import datetime, timedelta
from random import Random

from shared.contracts.intake import Rating
from tests.integration.reporting.stories import OPENED_AT, Story


def random_stories(seed: int, count: int) -> list[Story]:
    """Tickets around the month: history or not, with and without SLA, stopped at any stage, some told twice."""
    random = Random(seed)  # noqa: S311 - a seed, no secret.
    return [_random_story(random) for _ in range(count)]


def _random_story(random: Random) -> Story:
    opened_at = OPENED_AT + timedelta(hours=random.randint(-600, 600))
    story = Story(
        opened_at=opened_at,
        category=random.choice(["order", "greening", None]),
        resolve_by=random.choice([None, opened_at + timedelta(hours=random.randint(1, 200))]),
        history=random.random() < 0.3,
        phone=random.random() < 0.8,
    )
    at = opened_at
    for _ in range(random.randint(0, 9)):
        at += timedelta(hours=random.randint(1, 60))
        _next_turn(story, at, random)
    return story


def _next_turn(story: Story, at: datetime, random: Random) -> None:
    """Whatever may follow the last turn."""
    resolve_by = random.choice([None, at + timedelta(hours=random.randint(1, 100))])
    match type(story.routing[-1]).__name__:
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
        case "CaseAccepted" | "ExtensionGranted" | "SuspensionGranted" | "SuspensionEnded" as last:
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
    elif last == "CaseAccepted" and has_clock and random.random() < 0.4:
        story.suspended(at) if resolve_by is None else story.extended(at, resolve_by=resolve_by)
    else:
        story.resolved(at)
