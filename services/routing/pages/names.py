"""What the desk calls things: names of the directory by id, and sealed words opened for the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.domain.permissions import ADMIN_TABLE, TAKES_CALLS
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.reading import opened
from services.routing.pages.views import Staff
from shared.contracts.directory import Name
from shared.directory import Directory


@dataclass(frozen=True, slots=True)
class Names:
    """Names as the directory has them; what it does not know is shown by its id."""

    directory: Directory

    def unit(self, unit: str | None) -> Name | None:
        """A unit's name."""
        return _name(self.directory.units, unit)

    def place(self, place: str) -> Name:
        """A place's name."""
        return _name(self.directory.places, place) or Name(zh=place, en=place)

    def area(self, area: str) -> Name:
        """An area's name."""
        return _name(self.directory.areas, area) or Name(zh=area, en=area)

    def category(self, category: str | None) -> Name | None:
        """A category's name."""
        return _name(self.directory.categories, category)

    def rule(self, rule: str) -> Name:
        """A rule's name."""
        rules = {each.id: each.name for record in self.directory.rules.values() for each in record.rules}
        return rules.get(rule, Name(zh=rule, en=rule))


def _name(known: Mapping[str, object], key: str | None) -> Name | None:
    if key is None:
        return None
    name = getattr(known.get(key), "name", None)
    return name if isinstance(name, Name) else Name(zh=key, en=key)


async def staff_of(service: Routing, member: Member) -> Staff:
    """Who is signed in, as every page shows it."""
    name = (await opened(service, [member.record.name]))[member.record.name.box]
    unit = Names(await service.directory.current()).unit(member.actor.unit)
    role = member.actor.role
    return Staff(
        name=name or member.actor.person,
        unit_name=unit or Name(zh="", en=""),
        admin=role in ADMIN_TABLE,
        takes_calls=role in TAKES_CALLS,
    )
