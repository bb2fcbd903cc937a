"""Rules tried on another system's table, before anything of it is imported: `yima rules simulate --over`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from services.cli.errors import NoLineReadError
from services.cli.imports import readable_file, refused_whole
from services.intake.adapters.import_files import ImportFile, read_mapping
from services.intake.domain.errors import RefusedFieldsError
from services.intake.domain.history import HistoryMapping, Known, PastTicket, past_ticket
from services.routing.domain.assignment import Report, guessed
from services.routing.domain.repeats import Earlier, Reported, counted_among, windows_of
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.simulation import Simulation, names_in
from shared.contracts.intake import Channel
from shared.kernel.clock import SystemClock

LINES = 500
# Names nothing anywhere: the counts need an id for each line, and forget it again.
LINE = UUID(int=0)


def try_on_file(file: Path, mapping: Path | None, *, before: Rulebook, after: Rulebook) -> Simulation:
    """What each rulebook says of every line that could be imported, as if it had been reported by a code.

    Raises:
        CommandError: the file or its mapping can not be read, or none of its lines could be imported.
    """
    readable_file(file)
    with refused_whole(file):
        tickets = list(_tickets(ImportFile(file), read_mapping(mapping), before))
    if not tickets:
        raise NoLineReadError(file.name)
    reports = [
        Report(
            place=each.place,
            category=each.category,
            channel=Channel.QR,
            text=each.text,
            stated_urgency=each.stated_urgency,
            at=each.opened_at,
        )
        for each in tickets
    ]
    numbers = [ticket.source_id for ticket in tickets]
    outcome = Simulation(names_in(before, after))
    outcome.compare(before, after, zip(numbers, _counted(before, reports), _counted(after, reports), strict=True))
    return outcome


def _tickets(file: ImportFile, mapping: HistoryMapping, rulebook: Rulebook) -> Iterator[PastTicket]:
    """Lines that the import would refuse are left out: it says itself what is wrong with them."""
    known = Known(
        places=rulebook.places,
        categories=rulebook.categories,
        units=rulebook.units.by_id,
        phone=str,
        now=SystemClock().now(),
    )
    while lines := file.take(LINES):
        for line in lines:
            ticket = None if line.fault else _ticket(line.values, mapping, known)
            if ticket is not None:
                yield ticket


def _ticket(values: Mapping[str, Any], mapping: HistoryMapping, known: Known) -> PastTicket | None:
    try:
        return past_ticket(values, mapping, known)
    except RefusedFieldsError:
        return None


def _counted(rulebook: Rulebook, reports: list[Report]) -> list[Report]:
    """Each with how many of the others came before it, as the rulebook's rules ask."""
    reported = [_reported(number, rulebook, report) for number, report in enumerate(reports)]
    counts = counted_among([each for each in reported if each], windows_of(rulebook.rules))
    return [
        replace(report, earlier=Earlier(counts.get(each.id, {}) if each else {}))
        for report, each in zip(reports, reported, strict=True)
    ]


def _reported(number: int, rulebook: Rulebook, report: Report) -> Reported | None:
    place, guess = rulebook.places.get(report.place), guessed(rulebook, report)
    if place is None:
        return None
    category = guess.category if guess else report.category
    return Reported(id=uuid5(LINE, str(number)), place=place.id, area=place.area, category=category, at=report.at)
