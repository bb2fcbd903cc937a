"""The rules as an admin reads them: what each asks for, in names, and what it brings about."""

from collections.abc import Iterator, Sequence

from services.routing.domain.units import OF_THE_PLACE
from services.routing.handlers.admin import RulesRead
from services.routing.handlers.rule_hits import RuleHits
from services.routing.pages.admin_views import ConditionShown, RuleShown, TemplateShown, UnitAsked
from services.routing.pages.names import Names
from shared.contracts.directory import Conditions, Name, Rule
from shared.contracts.routing import Urgency
from shared.directory import Directory

# Of a relation that every community has a unit for, some are enough to know what is meant.
UNITS_SHOWN_MAX = 3


def rules_shown(read: RulesRead) -> list[RuleShown]:
    """The rules in the order in which they are asked, each with how often it led."""
    names = Names(read.directory)
    return [_shown(place, rule, names, read.hits.get(rule.id)) for place, rule in enumerate(read.rules, 1)]


def _shown(place: int, rule: Rule, names: Names, hits: RuleHits | None) -> RuleShown:
    return RuleShown(
        place=place,
        id=rule.id,
        name=rule.name,
        urgent=rule.urgency is Urgency.URGENT,
        conditions=list(_conditions(rule.when, names)),
        unit=_unit(rule.unit, names),
        terms=rule.terms,
        whistle=[_unit(call.unit, names) for call in rule.whistle],
        verified=rule.verification is not None,
        follow_ups=len(rule.follow_ups),
        templates=list(_templates(rule, names.directory)),
        hits=hits.hits if hits else 0,
        last_at=hits.last_at if hits else None,
    )


def _templates(rule: Rule, directory: Directory) -> Iterator[TemplateShown]:
    for message, template_id in rule.templates.items():
        template = directory.templates[template_id]
        says = Name(zh=template.zh, en=template.en or template.zh)
        yield TemplateShown(id=template_id, message=message, says=says)


def _conditions(when: Conditions, names: Names) -> Iterator[ConditionShown]:
    known = {
        "categories": [names.category(each) or _plain(each) for each in when.categories],
        "areas": [names.area(each) for each in when.areas],
        **{field: _plainly(getattr(when, field)) for field in ("channels", "words_any", "words_all", "words_none")},
        "groups": _plainly(when.groups),
        "repeats": [_plain(f"{when.repeats.count} / {when.repeats.days}")] if when.repeats else [],
    }
    if when.urgency is not None:
        yield ConditionShown(field=f"stated_{when.urgency}", values=[])
    yield from (ConditionShown(field=field, values=values) for field, values in known.items() if values)
    if when.working_time is not None:
        yield ConditionShown(field="working_time" if when.working_time else "not_working_time", values=[])


def _unit(written: str, names: Names) -> UnitAsked:
    if not written.endswith(OF_THE_PLACE):
        return UnitAsked(units=[names.unit(written) or _plain(written)])
    relation = written.removesuffix(OF_THE_PLACE)
    units = [unit.name for unit in names.directory.units.values() if unit.relation == relation and not unit.retired]
    return UnitAsked(relation=relation, units=units[:UNITS_SHOWN_MAX])


def _plainly(words: Sequence[str]) -> list[Name]:
    return [_plain(word) for word in words]


def _plain(word: str) -> Name:
    return Name(zh=word, en=word)
