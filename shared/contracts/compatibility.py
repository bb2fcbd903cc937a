"""What would break a reader: a contract's schema now against the one that was released.

An event that a released schema allows must be read by today's model, since logs and topics keep it. Removed fields, new
required fields, changed or narrowed types are breaking; so is a type that is gone. A changed meaning takes a higher
`schema_version` and an upcaster, which the golden corpus proves.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

VERSION = "x-schema-version"
BOUNDS_BELOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
BOUNDS_ABOVE = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
FORMS = ("format", "pattern", "multipleOf", "uniqueItems")


def breaking_changes(
    *, released: Mapping[str, Schema], current: Mapping[str, Schema], upcasters: Collection[tuple[str, int]]
) -> list[str]:
    """Everything that breaks, one line each; empty when every released event can still be read."""
    lines: list[str] = []
    for type_name, schema in sorted(released.items()):
        if type_name not in current:
            lines.append(f"{type_name}: the event is gone")
        else:
            lines += _changes_of_event(type_name, schema, current[type_name], upcasters)
    return lines


def _changes_of_event(
    type_name: str, released: Schema, current: Schema, upcasters: Collection[tuple[str, int]]
) -> Iterator[str]:
    was, now = released[VERSION], current[VERSION]
    if now < was:
        yield f"{type_name}: its version went back from {was} to {now}"
    elif now == was:
        yield from _Comparison(released, current).changes(released, current, type_name)
    else:
        missing = [version for version in range(was, now) if (type_name, version) not in upcasters]
        yield from (f"{type_name}: no upcaster reads version {version}" for version in missing)


class _Comparison:
    """Two schemas side by side, each with its own definitions."""

    def __init__(self, released: Schema, current: Schema) -> None:
        self._released = released.get("$defs", {})
        self._current = current.get("$defs", {})

    def changes(self, was: Schema, now: Schema, path: str) -> Iterator[str]:
        """What the new schema no longer takes of what the old one took."""
        alternatives = _alternatives(now, self._current)
        for old in _alternatives(was, self._released):
            yield from self._fewest_changes(old, alternatives, path)

    def _fewest_changes(self, old: Schema, alternatives: list[Schema], path: str) -> list[str]:
        """No change if any alternative takes the old one, otherwise those of the alternative that comes nearest."""
        kindred = [new for new in alternatives if _same_kind(old, new)]
        if not kindred:
            return [f"{path}: no longer takes {_kind(old) or 'anything'}"]
        return min((list(self._narrowings(old, new, path)) for new in kindred), key=len)

    def _narrowings(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        yield from _values(old, new, path)
        yield from _bounds(old, new, path)
        yield from self._fields(old, new, path)
        yield from self._parts(old, new, path)

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        fields, now = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{path}.{name}: is now required"
        for name, schema in fields.items():
            if name in now:
                yield from self.changes(schema, now[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: is gone"

    def _parts(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        yield from self._part(old.get("items"), new.get("items"), f"{path}[]")
        yield from self._part(old.get("additionalProperties"), new.get("additionalProperties"), f"{path}{{}}")
        for place, (was, now) in enumerate(zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False)):
            yield from self.changes(was, now, f"{path}[{place}]")

    def _part(self, was: Any, now: Any, path: str) -> Iterator[str]:
        if isinstance(now, Mapping):
            yield from self.changes(was if isinstance(was, Mapping) else {}, now, path)
        elif now is False and was is not False:
            yield f"{path}: no longer takes more"


def _alternatives(schema: Schema, definitions: Mapping[str, Schema]) -> list[Schema]:
    """A schema without references and unions: each of what it takes."""
    if "$ref" in schema:
        return _alternatives(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    unions = schema.get("anyOf") or schema.get("oneOf")
    if unions:
        return [alternative for union in unions for alternative in _alternatives(union, definitions)]
    return [schema]


def _kind(schema: Schema) -> str | None:
    kind: str | None = schema.get("type")
    return kind


def _same_kind(old: Schema, new: Schema) -> bool:
    return _kind(new) in (None, _kind(old)) or (_kind(old), _kind(new)) == ("integer", "number")


def _values(old: Schema, new: Schema, path: str) -> Iterator[str]:
    allowed = _listed(new)
    if allowed is None:
        return
    listed = _listed(old)
    if listed is None:
        yield f"{path}: now takes only {', '.join(map(str, allowed))}"
        return
    for value in listed:
        if value not in allowed:
            yield f"{path}: no longer takes {value}"


def _listed(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _bounds(old: Schema, new: Schema, path: str) -> Iterator[str]:
    yield from _tighter(old, new, path, BOUNDS_BELOW, lambda was, now: now > was)
    yield from _tighter(old, new, path, BOUNDS_ABOVE, lambda was, now: now < was)
    yield from _tighter(old, new, path, FORMS, lambda was, now: now != was)


def _tighter(
    old: Schema, new: Schema, path: str, bounds: Collection[str], tighter: Callable[[Any, Any], bool]
) -> Iterator[str]:
    for bound in bounds:
        if bound in new and (bound not in old or tighter(old[bound], new[bound])):
            yield f"{path}: {bound} is now {new[bound]}"
