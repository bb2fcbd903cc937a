"""What two editions of the district differ by: which entries were added, changed or retired, field by field."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.contracts.directory import DirectoryEvent, Name, PersonDefined, Rule, RulesDefined

# What every record has, and nobody changes by itself.
OWN_AFFAIR = frozenset({"at", "edition", "id", "retired"})
SEALED = frozenset({"name", "phone"})
RULE = "rule"


class What(StrEnum):
    """What became of an entry; a rule that was only moved is asked earlier or later than before."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as the file would write it; neither where it is personal."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entry of the district that the later edition has otherwise than the earlier."""

    kind: str
    id: str
    what: What
    name: Name | None = None
    fields: tuple[FieldChange, ...] = ()


def differences(histories: Iterable[Sequence[DirectoryEvent]], *, earlier: int, later: int) -> list[Difference]:
    """By kind and id; `histories` are the states of each record, the oldest first."""
    found: list[Difference] = []
    for history in histories:
        before, after = as_of(history, earlier), as_of(history, later)
        if after is None or after == before:
            continue
        if isinstance(after, RulesDefined):
            found += _of_rules(before.rules if isinstance(before, RulesDefined) else (), after.rules)
        else:
            found += _of_record(before, after)
    return sorted(found, key=lambda each: (each.kind, each.id))


def as_of(history: Sequence[DirectoryEvent], edition: int) -> DirectoryEvent | None:
    """The record as that edition had it."""
    return next((record for record in reversed(history) if record.edition <= edition), None)


def _of_record(before: DirectoryEvent | None, after: DirectoryEvent) -> Iterator[Difference]:
    was_there, is_there = before is not None and not before.retired, not after.retired
    what = {
        (False, True): What.ADDED,
        (True, False): What.RETIRED,
        (True, True): What.CHANGED,
    }.get((was_there, is_there))
    if what is None:
        return
    fields = (
        _fields(before.model_dump(mode="json"), after.model_dump(mode="json"), secret=_secret(after))
        if (before is not None and what is What.CHANGED)
        else ()
    )
    if fields or what is not What.CHANGED:
        yield Difference(kind=after.kind, id=after.id, what=what, name=_name(after), fields=fields)


def _of_rules(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Difference]:
    was, now = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    for rule in before:
        if rule.id not in now:
            yield Difference(kind=RULE, id=rule.id, what=What.RETIRED, name=rule.name)
    places_before, places_after = _places(before, now), _places(after, was)
    for rule in after:
        known = was.get(rule.id)
        if known is None:
            yield Difference(kind=RULE, id=rule.id, what=What.ADDED, name=rule.name)
            continue
        fields = _fields(known.model_dump(mode="json"), rule.model_dump(mode="json"), secret=frozenset())
        if fields:
            yield Difference(kind=RULE, id=rule.id, what=What.CHANGED, name=rule.name, fields=fields)
        elif places_before[rule.id] != places_after[rule.id]:
            yield Difference(kind=RULE, id=rule.id, what=What.MOVED, name=rule.name)


def _places(rules: Sequence[Rule], common: Mapping[str, Rule]) -> dict[str, int]:
    """The order among the rules that both editions have."""
    return {rule.id: place for place, rule in enumerate(rule for rule in rules if rule.id in common)}


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], *, secret: frozenset[str]) -> tuple[FieldChange, ...]:
    changed = [name for name in after if name not in OWN_AFFAIR and before.get(name) != after[name]]
    return tuple(
        FieldChange(name, None, None)
        if name in secret
        else FieldChange(name, _written(before.get(name)), _written(after[name]))
        for name in changed
    )


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _secret(record: DirectoryEvent) -> frozenset[str]:
    return SEALED if isinstance(record, PersonDefined) else frozenset()


def _name(record: DirectoryEvent) -> Name | None:
    name = getattr(record, "name", None)
    return name if isinstance(name, Name) else None
