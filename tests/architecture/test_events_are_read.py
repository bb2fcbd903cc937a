"""Every event has a reader, or says here why it is published all the same."""

import ast
from collections.abc import Iterable
from pathlib import Path

from shared.contracts import routing
from shared.contracts.codec import EVENTS

ROOT = Path(__file__).parents[2]
READING = ("reactions.py", "reactions/*.py", "projections.py", "projections/*.py")
SERVICES = ("intake", "routing", "notify", "reporting")

# Event -> why nobody needs to react to it or show it yet.
UNREAD: dict[str, str] = {"TicketSplit": "routing said so itself; the status page shows it from intake's own log"}
# People read what happened to a case in its history, where each event has a line, whoever else reads it.
IN_HISTORY = {event.__name__ for event in routing.EVENTS}


def readers() -> list[Path]:
    """Where others' events are taken in: reactions and projections, and the directory that all follow."""
    services = [ROOT / "services" / service for service in SERVICES]
    return [
        *(ROOT / "shared" / "directory").glob("*.py"),
        *(file for service in services for pattern in READING for file in service.glob(pattern)),
    ]


def named_in(files: Iterable[Path]) -> set[str]:
    """Names that the code of these files uses; importing alone is no reading."""
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute)
    }


def test_every_event_is_read_or_says_why_not() -> None:
    read = named_in(readers()) | IN_HISTORY

    unread = {model.__name__ for model in EVENTS.values() if model.__name__ not in read}

    assert unread == UNREAD.keys()


def test_importing_an_event_is_not_reading_it(tmp_path: Path) -> None:
    reactions = tmp_path / "reactions.py"
    reactions.write_text(
        "from shared.contracts.intake import TicketOpened, TicketRated\n"
        "from shared.contracts import routing\n"
        "async def on_ticket_opened(event: TicketOpened) -> None:\n"
        "    match event:\n"
        "        case routing.CaseClosed():\n"
        "            pass\n"
    )

    assert named_in([reactions]) & {"TicketOpened", "TicketRated", "CaseClosed"} == {"TicketOpened", "CaseClosed"}


def test_what_is_unread_is_an_event() -> None:
    assert UNREAD.keys() <= {model.__name__ for model in EVENTS.values()}
