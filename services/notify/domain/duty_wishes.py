"""Which member is told of a change of duty: who answers now, who is asked to swap, who asked."""

from collections.abc import Mapping

from services.notify.domain.wishes import TABLE, Turned, Wish
from shared.contracts.directory import PersonDefined
from shared.contracts.duty import DutyHandedOver, Span, SwapAccepted, SwapAsked, SwapDeclined
from shared.contracts.envelope import Sealed


def person_told(event: Turned) -> str:
    """Who is told: the one who did not act, but where a lead acted for both."""
    match event:
        case DutyHandedOver() | SwapAsked():
            return event.to_person
        case SwapAccepted() | SwapDeclined():
            return event.from_person


def wish_for_member(event: Turned, *, told: PersonDefined, other: PersonDefined, unit_name: str, locale: str) -> Wish:
    """The member is told, whether they are on duty or not; `other` is the one whose turn it was, or with whom."""
    audience, template = TABLE[type(event)]
    subject = event.change if isinstance(event, DutyHandedOver) else event.swap
    params: dict[str, Sealed | str] = {
        "name": other.name,
        "unit": event.unit,
        "unit_name": unit_name,
        **_own_params(event),
    }
    return Wish(subject, audience, template, locale, told.phone, params, event.unit)


def _own_params(event: Turned) -> Mapping[str, Sealed | str]:
    match event:
        case DutyHandedOver(note=note):
            return {"words": note, **_span(Span(start=event.start, until=event.until))}
        case SwapAsked(given=given, taken=taken, note=note):
            return {"words": note, **_span(given), **_span(taken, "other_")}
        case SwapAccepted(given=given, taken=taken):
            return {**_span(taken), **_span(given, "other_")}
        case SwapDeclined(given=given, reason=reason):
            return {"words": reason, **_span(given)}


def _span(span: Span, whose: str = "") -> dict[str, str]:
    return {f"{whose}start": span.start.isoformat(), f"{whose}until": span.until.isoformat()}
