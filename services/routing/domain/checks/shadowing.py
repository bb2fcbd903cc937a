"""Whether one rule takes everything that another would: then the later of the two can never match."""

from services.routing.domain.district import District
from services.routing.domain.rules import plain
from shared.contracts.directory import Conditions, Repeats, RepeatsOf, Rule


def covers(earlier: Rule, later: Rule, district: District) -> bool:
    """Whether every report that meets the later rule's conditions meets the earlier one's."""
    same_hours = earlier.when.working_time is None or (
        earlier.when.working_time == later.when.working_time and earlier.unit == later.unit
    )
    return (
        same_hours
        and _covers_where(earlier.when, later.when, district)
        and _covers_words(earlier.when, later.when)
        and _covers_repeats(earlier.when.repeats, later.when.repeats)
    )


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
