"""The page of a case in every situation of `services/case_states.py`, as each kind of member finds it."""

from collections.abc import Mapping

from services.case_states import OPENED_AT, OTHER, PEOPLE, SEALED, SITUATIONS, after
from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide, evolve
from services.routing.domain.case.commands import Command
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import Units
from services.routing.handlers.accounts import Member
from services.routing.handlers.reading import CaseRead, Follower
from services.routing.pages.case_page import Showing
from services.routing.pages.names import Names
from services.routing.pages.timeline import Opened
from services.routing.pages.views import CasePage, ContactShown, Staff
from shared.contracts.directory import (
    AreaDefined,
    AreaLevel,
    CategoryDefined,
    Name,
    PersonDefined,
    PlaceDefined,
    UnitDefined,
)
from shared.contracts.routing import RoutingEvent
from shared.directory import Directory
from tests.unit.web.samples import COMMITTEE, ESTATE, FIRE_LANE, GATE, GREENING, ORDER, POLICE, PROPERTY, UPKEEP

# After what was done, before the first deadline.
SHOWN_AT = after(12)
UNITS = {
    "unit": PROPERTY,
    "called": POLICE,
    "above": COMMITTEE,
    "grid": Name(zh="东城综合网格", en="Dongcheng grid"),
    "town": Name(zh="镇城运中心", en="Town operations centre"),
    "another": Name(zh="绿化所", en="Greening station"),
    "other": Name(zh="城管中队", en="City management"),
}
STAFF = {
    "doer": "物业值班员甲",
    "colleague": "物业经理",
    "called": "社区民警甲",
    "above": "居委会负责人甲",
    "dispatcher": "网格调度员甲",
    "supervisor": "督导员甲",
}
CATEGORIES = {"greening": GREENING, "order": ORDER, "upkeep": UPKEEP}
DIRECTORY = Directory(
    areas={
        "estate": AreaDefined(
            at=OPENED_AT,
            id="estate",
            edition=1,
            name=ESTATE,
            level=AreaLevel.ESTATE,
            parent=None,
            path=("estate",),
        )
    },
    places={"P": PlaceDefined(at=OPENED_AT, id="P", edition=1, name=GATE, area="estate", path=("estate",))},
    units={
        each: UnitDefined(
            at=OPENED_AT,
            id=each,
            edition=1,
            name=name,
            area="estate",
            calendar="always",
            escalates_to="above" if each != "above" else None,
        )
        for each, name in UNITS.items()
    },
    categories={
        each: CategoryDefined(at=OPENED_AT, id=each, edition=1, name=name) for each, name in CATEGORIES.items()
    },
)
RULEBOOK = Rulebook(
    edition=1,
    places=DIRECTORY.places,
    units=Units(DIRECTORY.units, {}),
    categories=DIRECTORY.categories,
    rules=(),
)
OPENED = Opened(words={SEALED.box: FIRE_LANE}, staff=STAFF, forgotten="")
CONTACT = ContactShown(name="三**", phone="100****1234")


def pages_in(situation: str) -> Mapping[str, CasePage]:
    """The case's page by whose it is; who finds there what another finds does not get one of their own."""
    read = read_in(situation)
    pages: dict[str, CasePage] = {}
    for sight in PEOPLE.values():
        if sight.sees(read.case):
            page = page_for(sight, read)
            others = [(each.actions, each.own_task, each.contact) for each in pages.values()]
            if (page.actions, page.own_task, page.contact) not in others:
                pages[sight.actor.person] = page
    return pages


def page_for(sight: Sight, read: CaseRead) -> CasePage:
    """As a member of this sight finds it."""
    by = sight.actor
    record = PersonDefined(at=OPENED_AT, id=by.person, edition=1, unit=by.unit, role=by.role, name=SEALED, phone=SEALED)
    showing = Showing(
        member=Member(record=record, sight=sight, must_change=False),
        read=read,
        names=Names(DIRECTORY),
        rulebook=RULEBOOK,
        opened=OPENED,
        now=SHOWN_AT,
    )
    contact = ContactShown(
        name=CONTACT.name, phone=CONTACT.phone, may_reveal=sight.sees_contact(read.case, read.master)
    )
    return showing.page(Staff(name=STAFF[by.person], unit_name=UNITS[by.unit]), contact)


def read_in(situation: str) -> CaseRead:
    """The case that was brought so far, with the other that it follows or that follows it."""
    return read_after(*SITUATIONS[situation])


def read_after(*commands: Command) -> CaseRead:
    """The case after these commands."""
    case: Case | None = None
    events: list[RoutingEvent] = []
    for command in commands:
        for event in decide(case, command):
            case = evolve(case, event)
            events.append(event)
    assert case is not None
    return CaseRead(
        case=case,
        master=OTHER if case.master else None,
        duplicates=[Follower(case=OTHER, opened_at=OPENED_AT, text=SEALED) for _ in case.duplicates],
        events=tuple(events),
        version=len(events),
        answer=None,
        erased_at=None,
    )
