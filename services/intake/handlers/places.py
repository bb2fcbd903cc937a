"""Places by their codes, and what can be chosen there."""

from collections.abc import Sequence

from services.intake.domain.errors import RetiredPlaceError, UnknownPlaceError
from shared.contracts.directory import CategoryDefined, Name, PlaceDefined
from shared.contracts.intake import Channel, StatedUrgency
from shared.directory import Directory


def place_of_code(directory: Directory, code: str) -> PlaceDefined:
    """The place that reports can be made for.

    Raises:
        UnknownPlaceError: no place has this code.
        RetiredPlaceError: it is no longer in use.
    """
    place = directory.places.get(code)
    if place is None:
        raise UnknownPlaceError
    if place.retired:
        raise RetiredPlaceError
    return place


def proper_code(directory: Directory, code: str) -> str:
    """The code of a place as its sticker has it: one that was typed by hand may be in small letters."""
    in_capitals = code.upper()
    return in_capitals if code not in directory.places and in_capitals in directory.places else code


def categories_to_choose(directory: Directory) -> Sequence[CategoryDefined]:
    """The categories in the district's own order."""
    current = [category for category in directory.categories.values() if not category.retired]
    return sorted(current, key=lambda category: (category.order, category.id))


def asks_whether_urgent(directory: Directory) -> bool:
    """Whether a rule asks for what is reported as urgent by a code: a box that moves nothing would mislead."""
    conditions = (rule.when for record in directory.rules.values() if not record.retired for rule in record.rules)
    return any(
        when.urgency is StatedUrgency.URGENT and (not when.channels or Channel.QR in when.channels)
        for when in conditions
    )


def unit_name(directory: Directory, unit: str | None) -> Name | None:
    """What a unit is called; none for one that the directory does not know yet."""
    found = directory.units.get(unit) if unit else None
    return found.name if found else None
