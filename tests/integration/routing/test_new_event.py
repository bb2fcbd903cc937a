"""What a new event of a case takes: its class, what its subject makes of it, its words. All the rest finds it there."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from services.routing.domain.case import Case, Status
from services.routing.domain.case.command import Act
from services.routing.domain.case.commands import Actor, Remind
from services.routing.domain.case.deciding import DECIDERS, decides
from services.routing.domain.case.evolving import AFTER, evolves
from services.routing.domain.case.handling import unit_at_work
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.performing import Asked, perform
from shared.contracts.case import CaseEvent
from shared.contracts.codec import EVENTS
from shared.contracts.envelope import Sealed
from shared.web.catalogues import LOCALES, load_catalogues
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import staff_of


# The first place, in shared/contracts/.
class SiteVisited(CaseEvent):
    """The unit that has the case went to look (到场查看)."""

    unit: str
    by: str
    words: Sealed


# The second, a file in services/routing/domain/case/.
@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Act):
    """Somebody of the unit was there."""

    by: Actor
    words: Sealed
    now: datetime


def visit(case: Case, command: Visit) -> Iterator[SiteVisited]:
    unit = unit_at_work(case)
    yield SiteVisited(case_id=case.id, at=command.now, unit=unit, by=command.by.person, words=command.words)


def visited(case: Case, _event: SiteVisited) -> Case:
    """Who was there needs no reminder any more."""
    return replace(case, reminded=None)


# The third, in routing.po of each language.
LINE = 'msgid "case.happened.site_visited"\nmsgstr "{unit}到场查看"\n'


@pytest.fixture
def with_visits(tmp_path: Path) -> Iterator[Path]:
    """As if all three stood where they belong; tells where the words do."""
    locales = shutil.copytree(LOCALES, tmp_path / "locales")
    for words in locales.glob("*/LC_MESSAGES/routing.po"):
        words.write_text(f"{words.read_text(encoding='utf-8')}\n{LINE}", encoding="utf-8")
    EVENTS[SiteVisited.type_name()] = SiteVisited
    decides(visit)
    evolves(visited)
    yield locales
    del EVENTS[SiteVisited.type_name()], DECIDERS[Visit], AFTER[SiteVisited]


async def test_a_new_event_is_decided_stored_projected_and_read_from_three_places(
    desk: Desk, with_visits: Path
) -> None:
    staff = await staff_of(desk.routing)
    lead = await member_of_district(desk.routing, "committee-lead-1")
    dispatcher = await member_of_district(desk.routing, "grid-dispatcher-1")
    assert lead is not None
    assert dispatcher is not None
    ticket = await desk.residents.report("东门外消防通道被几辆车堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)

    await perform(
        desk.routing,
        Asked(member=dispatcher, case_id=ticket, key="1"),
        "remind",
        lambda at: Remind(by=at.by, words=at.sealed, now=at.now),
        words="请到东门看看",
    )
    reminded = await desk.case(ticket)
    await perform(
        desk.routing,
        Asked(member=lead, case_id=ticket, key="2"),
        "visit",
        lambda at: Visit(by=at.by, words=at.sealed, now=at.now),
        words="两辆车还堵着",
    )

    assert reminded.reminded is not None
    assert (await desk.case(ticket)).reminded is None
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseReminded", "SiteVisited"]
    assert await desk.routing.runtime.pool.fetchval("SELECT version FROM cases WHERE id = $1", ticket) == 4
    async with staff.at_desk("committee-lead-1") as browser:
        page = await browser.page_of(ticket)
    # The page speaks by the catalogues that are installed, which lack the line: it shows the key where that belongs.
    assert "case.happened.site_visited" in page
    assert "两辆车还堵着" in page
    said = load_catalogues("routing", locales=with_visits)["zh"].say("case.happened.site_visited", unit="春和居委会")
    assert said == "春和居委会到场查看"
    async with staff.programme("committee-lead-1") as client:
        [*_, last] = (await client.get(f"/cases/{ticket}")).json()["way"]
    assert (last["event"], last["unit"], last["words"]) == ("SiteVisited", "chunhe-committee", "两辆车还堵着")
