"""Whether earlier rules take everything that a later one would: then the later one can never match."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from services.routing.domain.district import District
from services.routing.domain.rules import plain
from shared.contracts.directory import Conditions, Repeats, RepeatsOf, Rule
from shared.contracts.intake import Channel


def taken_before(rule: Rule, earlier: Sequence[Rule], district: District) -> list[str]:
    """Ids of the earlier rules, one or several, that take every report which would meet the rule's conditions."""
    near = [other for other in earlier if _covers_content(other.when, rule.when)]
    for other in near:
        if _covers_hours(other, rule) and _covers_where(other.when, rule.when, district):
            return [other.id]
    if len(near) < 2:
        return []
    takers: dict[str, None] = {}
    for part in _parts(rule, near, district):
        taken = _takers(part, near, district)
        if not taken:
            return []
        takers |= dict.fromkeys(taken)
    return list(takers)


def _parts(rule: Rule, near: Iterable[Rule], district: District) -> Iterator[Rule]:
    """The rule cut as finely as the earlier ones divide channels, areas, categories and groups among themselves."""
    when, others = rule.when, [other.when for other in near]
    channels = (when.channels or tuple(Channel)) if any(other.channels for other in others) else ()
    areas = _areas_of_places(when, district) if any(other.areas for other in others) else ()
    for channel, area, category, group in product(
        channels or (None,), areas or (None,), when.categories or (None,), when.groups or (None,)
    ):
        narrowed = {
            "channels": (channel,) if channel else when.channels,
            "areas": (area,) if area else when.areas,
            "categories": (category,) if category else (),
            "groups": (group,) if group else (),
        }
        yield rule.model_copy(update={"when": when.model_copy(update=narrowed)})


def _areas_of_places(when: Conditions, district: District) -> tuple[str, ...]:
    """The areas of the places in the rule's reach: where every place is taken, nothing is left."""
    found = dict.fromkeys(place.area for place in district.places)
    return tuple(area for area in found if not when.areas or not set(when.areas).isdisjoint(district.area_path(area)))


def _takers(part: Rule, near: Sequence[Rule], district: District) -> list[str]:
    here = [other for other in near if _covers_where(other.when, part.when, district)]
    at_all_hours = [other.id for other in here if _covers_hours(other, part)]
    if at_all_hours:
        return at_all_hours[:1]
    # The hours of one unit, in and out of them, are the whole day, whichever unit that is.
    by_hours = {(other.unit, other.when.working_time): other.id for other in reversed(here)}
    pairs = ([by_hours.get((unit, True)), by_hours.get((unit, False))] for unit, _ in by_hours)
    return next(([day, night] for day, night in pairs if day is not None and night is not None), [])


def _covers_hours(earlier: Rule, later: Rule) -> bool:
    same = earlier.when.working_time == later.when.working_time and earlier.unit == later.unit
    return earlier.when.working_time is None or same


def _covers_content(earlier: Conditions, later: Conditions) -> bool:
    return _covers_words(earlier, later) and _covers_repeats(earlier.repeats, later.repeats)


def _covers_repeats(earlier: Repeats | None, later: Repeats | None) -> bool:
    if earlier is None or later is None:
        return earlier is None
    narrower = later.of in {earlier.of, RepeatsOf.CATEGORY_AT_PLACE}
    return narrower and later.count >= earlier.count and later.days <= earlier.days


def _covers_where(earlier: Conditions, later: Conditions, district: District) -> bool:
    parents = {category.id: category.parent for category in district.categories}
    categories = [_with_parents(category, parents) for category in later.categories]
    areas = [set(district.area_path(area)) for area in later.areas]
    channels = [{channel} for channel in later.channels]
    groups = [{group} for group in later.groups]
    return (
        _all_within(categories, earlier.categories)
        and _all_within(areas, earlier.areas)
        and _all_within(channels, earlier.channels)
        and _all_within(groups, earlier.groups)
        and earlier.urgency in (None, later.urgency)
    )


def _with_parents(category: str, parents: dict[str, str | None]) -> set[str]:
    found: set[str] = set()
    step: str | None = category
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return found


def _all_within(wanted: list[set[str]], allowed: tuple[str, ...]) -> bool:
    if not allowed:
        return True
    return bool(wanted) and all(not path.isdisjoint(allowed) for path in wanted)


def _covers_words(earlier: Conditions, later: Conditions) -> bool:
    # A word within a longer one is found wherever the longer one is.
    return (
        _any_certain(earlier.words_any, later)
        and all(_certain(word, later) for word in earlier.words_all)
        and all(any(plain(none) in plain(word) for none in later.words_none) for word in earlier.words_none)
    )


def _any_certain(words: tuple[str, ...], later: Conditions) -> bool:
    if not words or any(_certain(word, later) for word in words):
        return True
    return bool(later.words_any) and all(_contains_one(found, words) for found in later.words_any)


def _contains_one(text: str, words: tuple[str, ...]) -> bool:
    return any(plain(word) in plain(text) for word in words)


def _certain(word: str, later: Conditions) -> bool:
    """Whether every text that meets the later conditions has the word in it."""
    in_all = any(plain(word) in plain(found) for found in later.words_all)
    in_each = bool(later.words_any) and all(plain(word) in plain(found) for found in later.words_any)
    return in_all or in_each


def contradicts_itself(when: Conditions) -> bool:
    """Whether a word that must not be there is part of one that must."""
    each_of_any = bool(when.words_any) and all(_contains_one(word, when.words_none) for word in when.words_any)
    return each_of_any or any(_contains_one(word, when.words_none) for word in when.words_all)
