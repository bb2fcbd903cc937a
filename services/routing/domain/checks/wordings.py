"""Templates that say what their message can not, or that nobody asks for, and rules that ask for one nobody wrote."""

from collections.abc import Iterator

from services.routing.domain.checks.finding import Finding, Severity, Step
from services.routing.domain.district import District, RuleEntry, TemplateEntry
from shared.contracts.messages import LINK, OFFERED, Message
from shared.contracts.routing import Clock
from shared.sms.placeholders import filled, has_stray_brace, named_in
from shared.sms.segments import segment_count

# As long as any of our own messages is. Each segment is paid for.
SEGMENTS_MAX = 3
SIGNATURE = {"zh": "【一号一码】", "en": "[Yima] "}
MOMENT = {"zh": "12月28日 20:15", "en": "28 December 20:15"}
# What stands for a placeholder may be as long as this; of places, the district's own names are tried.
SPECIMEN = {
    "link": f"https://yima.example.gov.cn/desk/cases/{'0' * 36}",
    "number": "204 815 736",
    "level": "3",
    "words": "字" * 60,
}
# A placeholder that is filled only where the rule runs this clock.
CLOCK_OF = {"accept_by": Clock.ACCEPT, "report_by": Clock.REPORT_IN, "verify_by": Clock.VERIFY}


def templates_that_name_what_is_not_offered(district: District) -> Iterator[Finding]:
    """A placeholder that the message does not offer, or a brace that is part of none."""
    for entry, path, wording in _wordings(district):
        params = {"id": entry.id, "message": entry.message.value, "offered": _written(OFFERED[entry.message])}
        for name in sorted(named_in(wording) - OFFERED[entry.message]):
            yield Finding(path=path, kind="unknown_placeholder", params={**params, "name": name})
        if has_stray_brace(wording):
            yield Finding(path=path, kind="stray_brace", params=params)


def templates_that_lead_nowhere(district: District) -> Iterator[Finding]:
    """A wording without the link: who reads it could neither see the case nor answer."""
    for entry, path, wording in _wordings(district):
        if LINK not in named_in(wording):
            yield Finding(path=path, kind="template_without_link", params={"id": entry.id})


def templates_of_many_segments(district: District) -> Iterator[Finding]:
    """A wording that is billed as more messages than any of our own, with the district's longest place name."""
    for entry, path, wording in _wordings(district):
        count = segment_count(_longest(district, wording, language=str(path[-1])))
        if count > SEGMENTS_MAX:
            params: dict[str, str | int] = {"id": entry.id, "count": count, "most": SEGMENTS_MAX}
            yield Finding(path=path, kind="template_too_long", params=params, severity=Severity.WARNING)


def templates_that_nobody_wrote(district: District) -> Iterator[Finding]:
    """A rule that asks for a template which the file has not, or which words another message."""
    written = {template.id: template for template in district.templates}
    for path, _, message, wanted in _asked(district):
        template = written.get(wanted)
        if template is None:
            yield Finding(path=path, kind="unknown_template", params={"id": wanted})
        elif template.message is not message:
            params = {"id": wanted, "message": template.message.value, "asked": message.value}
            yield Finding(path=path, kind="template_of_another_message", params=params)


def placeholders_never_filled(district: District) -> Iterator[Finding]:
    """A rule that asks for a template which names a deadline that cases of this rule do not have."""
    written = {template.id: template for template in district.templates}
    for path, rule, _, wanted in _asked(district):
        names = {name for wording in written[wanted].wordings().values() for name in named_in(wording)}
        for name in sorted(name for name in names if _is_never_filled(name, rule)):
            params = {"id": wanted, "rule": rule.id, "name": name}
            yield Finding(path=path, kind="placeholder_never_filled", params=params)


def templates_that_nobody_asks_for(district: District) -> Iterator[Finding]:
    """A template that no rule names is never sent."""
    asked = {wanted for _, _, _, wanted in _asked(district)}
    for position, template in enumerate(district.templates):
        if template.id not in asked:
            path = ("templates", position)
            yield Finding(path=path, kind="template_unused", params={"id": template.id}, severity=Severity.WARNING)


def _wordings(district: District) -> Iterator[tuple[TemplateEntry, tuple[Step, ...], str]]:
    for position, entry in enumerate(district.templates):
        for language, wording in entry.wordings().items():
            yield entry, ("templates", position, language), wording


def _asked(district: District) -> Iterator[tuple[tuple[Step, ...], RuleEntry, Message, str]]:
    for position, rule in enumerate(district.rules):
        for message, wanted in rule.templates.items():
            yield ("rules", position, "templates", message.value), rule, message, wanted


def _is_never_filled(name: str, rule: RuleEntry) -> bool:
    # While a change is observed, who verifies is told until when, and of no deadline yet.
    is_observed = rule.verification is not None and rule.verification.observe is not None
    if name == "observed_until":
        return not is_observed
    return (name in CLOCK_OF and CLOCK_OF[name] not in rule.terms) or (name == "verify_by" and is_observed)


def _longest(district: District, wording: str, *, language: str) -> str:
    places = [entry.name.en if language == "en" else entry.name.zh for entry in district.places]
    values = {"place": max(places, key=len, default=""), **SPECIMEN}
    moments = dict.fromkeys(named_in(wording) - values.keys(), MOMENT[language])
    return SIGNATURE[language] + filled(wording, values | moments)


def _written(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
