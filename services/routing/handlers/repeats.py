"""How many reports came before those at hand: one query for them all, and a look at those that came together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.routing.domain.assignment import Report, guessed
from services.routing.domain.repeats import Earlier, Reported, Window, counted_among, is_split_off, windows_of
from services.routing.domain.rulebook import Rulebook
from services.routing.queries import SQL
from shared.contracts.directory import RepeatsOf
from shared.contracts.intake import TicketImported, TicketOpened
from shared.contracts.routing import CaseOpened
from shared.kernel.database import Connection


def reported(rulebook: Rulebook, tickets: Iterable[tuple[TicketOpened | TicketImported, str]]) -> Iterator[Reported]:
    """Tickets with their opened words, as the count sees them; those of unknown places are refused later.

    One that was split off another is no report that came again: it repeats none, and none repeats it.
    """
    for ticket, text in tickets:
        place = rulebook.places.get(ticket.place)
        guess = rulebook.guess(text) if isinstance(ticket, TicketOpened) and ticket.category is None else None
        category = guess.category if guess else ticket.category
        if place is not None and not is_split_off(ticket):
            yield Reported(id=ticket.ticket_id, place=place.id, area=place.area, category=category, at=ticket.at)


def reported_cases(rulebook: Rulebook, openings: Iterable[tuple[CaseOpened, str]]) -> Iterator[Reported]:
    """The same of cases that were opened, as these rules would have guessed their categories."""
    for opened, text in openings:
        matter = opened.matter
        place = rulebook.places.get(matter.place)
        if place is not None and not is_split_off(opened):
            report = Report(place=place.id, category=matter.category, channel=opened.channel, text=text, at=opened.at)
            guess = guessed(rulebook, report)
            category = guess.category if guess else matter.category
            yield Reported(id=opened.case_id, place=place.id, area=place.area, category=category, at=opened.at)


async def earlier_reports(
    connection: Connection, rulebook: Rulebook, reports: Sequence[Reported]
) -> Mapping[UUID, Earlier]:
    """What each of these may repeat, in the windows that the rules ask about; nothing is asked where none does."""
    windows = windows_of(rulebook.rules)
    if not windows or not reports:
        return {}
    counts = counted_among(reports, windows)
    rows = await connection.fetch(
        SQL["earlier_reports"],
        [report.id for report in reports],
        [report.place for report in reports],
        [report.area for report in reports],
        [report.category for report in reports],
        [report.at for report in reports],
        [window.of.value for window in windows],
        [window.days for window in windows],
    )
    for row in rows:
        counts[row["id"]][Window(RepeatsOf(row["of"]), row["days"])] += row["earlier"]
    return {report: Earlier(counted) for report, counted in counts.items()}
