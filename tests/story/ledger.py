"""What stands in the event log after a story, beside what the story says: nothing missing, nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from uuid import UUID

from shared.web.wording import SHANGHAI
from tests.scenarios.town import Town
from tests.story.stage import PUBLISHERS, Scene
from tests.story.steps import RESIDENT

LOGGED = "SELECT stream, version, type, occurred_at FROM events WHERE stream != ALL($1) ORDER BY position"
STREAMS = "SELECT DISTINCT stream FROM events"
PHONES = {
    "property-duty-1": "+8610000000102",
    "committee-lead-1": "+8610000000201",
    "committee-lead-2": "+8610000000202",
    "grid-dispatcher-1": "+8610000000301",
    "grid-dispatcher-2": "+8610000000302",
    "police-duty-2": "+8610000000402",
    "traffic-police-duty-1": "+8610000000501",
    "emergency-duty-1": "+8610000000601",
}
PEOPLE = {phone: person for person, phone in PHONES.items()}
# A message that came to a phone, as the sandbox's provider has it.
SENT = ("NotificationQueued", "SendAttempted", "SendAccepted")


@dataclass(frozen=True, slots=True)
class Logged:
    """One event of a service's log."""

    service: str
    stream: str
    type: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.at.astimezone(SHANGHAI):%m-%d %H:%M:%S}  {self.service:<8} {self.type}"


@dataclass(slots=True)
class Ledger:
    """The log of a town that was new when this was opened; what stood in it before is the district."""

    town: Town
    before: Sequence[str]
    _told: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def opened(cls, town: Town) -> "Ledger":
        """Remember what the start itself wrote."""
        return cls(town, [str(each) for name in PUBLISHERS for each in await town.values(name, STREAMS)])

    async def read(self) -> list[Logged]:
        """All that was written since, each service's in its order."""
        return [
            Logged(name, row["stream"], row["type"].rpartition(".")[2], row["occurred_at"])
            for name in PUBLISHERS
            for row in await self.town.rows(name, LOGGED, list(self.before))
        ]

    async def news(self) -> list[Logged]:
        """What was written since this was asked before."""
        new: list[Logged] = []
        read = await self.read()
        for name in PUBLISHERS:
            own = [each for each in read if each.service == name]
            new += own[self._told.get(name, 0) :]
            self._told[name] = len(own)
        return sorted(new, key=lambda each: each.at)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what is and what should be part."""

    what: str
    missing: Sequence[str]
    unexpected: Sequence[str]

    def __str__(self) -> str:
        return "\n".join(
            [self.what, *(f"  - {each}" for each in self.missing), *(f"  + {each}" for each in self.unexpected)]
        )


async def differences(ledger: Ledger, played: Sequence[Scene]) -> list[Difference]:
    """Between the stories, each with its case's id, and all that the log holds: none if they agree to the event."""
    logged = await ledger.read()
    found = []
    for scene in played:
        story = scene.story
        found += in_order(f"{story.name}: ticket", story.of_ticket, of_stream(logged, scene.ticket_stream))
        found += in_order(f"{story.name}: case", story.of_case, of_stream(logged, scene.case_stream))
        found += as_a_heap(f"{story.name}: messages", map(_told, story.messages), await told(ledger.town, scene.case))
    known = {stream for scene in played for stream in (scene.ticket_stream, scene.case_stream)}
    others = [each for each in logged if each.service != "notify" and each.stream not in known]
    found += as_a_heap("streams of no story", [], [f"{each.stream} {each.type}" for each in others])
    count = sum(len(scene.story.messages) for scene in played)
    sent = [each.type for each in logged if each.service == "notify"]
    return found + as_a_heap("all messages", SENT * count, sent)


def of_stream(logged: Iterable[Logged], stream: str) -> list[str]:
    """The events of one stream, in order."""
    return [each.type for each in logged if each.stream == stream]


async def told(town: Town, case: UUID) -> list[str]:
    """Who was told what of a case, by the messages that the sandbox took for the phones."""
    return [
        _told((each.template, PEOPLE.get(each.to, RESIDENT if each.audience == "reporter" else each.to)))
        for each in await town.messages(case)
    ]


def _told(told: tuple[str, str]) -> str:
    template, person = told
    return f"{template} → {person}"


def in_order(what: str, expected: Sequence[str], found: Sequence[str]) -> list[Difference]:
    """What is missing at its place, and what stands where it should not."""
    missing, unexpected = [], []
    for tag, begins, ends, at, until in SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
        if tag != "equal":
            missing += [f"{number:>2} {expected[number - 1]}" for number in range(begins + 1, ends + 1)]
            unexpected += [f"{number:>2} {found[number - 1]}" for number in range(at + 1, until + 1)]
    return [Difference(what, missing, unexpected)] if missing or unexpected else []


def as_a_heap(what: str, expected: Iterable[str], found: Iterable[str]) -> list[Difference]:
    """What comes at one moment has no order."""
    missing, unexpected = sorted(expected), []
    for each in sorted(found):
        if each in missing:
            missing.remove(each)
        else:
            unexpected.append(each)
    return [Difference(what, missing, unexpected)] if missing or unexpected else []
