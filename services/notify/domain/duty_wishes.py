"""Which members are told of a change of duty: who answers now, who need not, who is asked to swap, who asked."""

from collections.abc import Mapping

from services.notify.domain.wishes import TABLE, TAKEN_OVER, Turned, Wish
from shared.contracts.directory import PersonDefined
from shared.contracts.duty import DutyHandedOver, Span, SwapAccepted, SwapAsked, SwapDeclined, SwapLapsed
from shared.contracts.envelope import Sealed


def people_told(event: Turned) -> tuple[str, ...]:
    """Whose turns it is about, but for who acted: where a lead or nobody did, both; of a question, who is asked."""
    concerned = (event.to_person,) if isinstance(event, SwapAsked) else (event.to_person, event.from_person)
    return tuple(person for person in concerned if person != event.by)


def wish_for_member(event: Turned, *, told: PersonDefined, other: PersonDefined, unit_name: str, locale: str) -> Wish:
    """The member is told, whether they are on duty or not; `other` is the one whose turn it was, or with whom."""
    audience, template = TABLE[type(event)]
    is_theirs_no_more = isinstance(event, DutyHandedOver) and told.id == event.from_person
    subject = event.change if isinstance(event, DutyHandedOver) else event.swap
    params: dict[str, Sealed | str] = {
        "name": other.name,
        "unit": event.unit,
        "unit_name": unit_name,
        **_own_params(event, told.id),
    }
    return Wish(
        subject, audience, TAKEN_OVER if is_theirs_no_more else template, locale, told.phone, params, event.unit
    )


def _own_params(event: Turned, told: str) -> Mapping[str, Sealed | str]:
    match event:
        case DutyHandedOver(note=note):
            return {"words": note, **_span(Span(start=event.start, until=event.until))}
        case SwapAsked(given=given, taken=taken, note=note):
            return {"words": note, **_span(given), **_span(taken, "other_")}
        case SwapAccepted(given=given, taken=taken):
            gets, gives = (taken, given) if told == event.from_person else (given, taken)
            return {**_span(gets), **_span(gives, "other_")}
        case SwapDeclined(given=given, taken=taken, reason=reason):
            return {"words": reason, **_span(given if told == event.from_person else taken)}
        case SwapLapsed(given=given, taken=taken):
            return _span(given if told == event.from_person else taken)


def _span(span: Span, whose: str = "") -> dict[str, str]:
    return {f"{whose}start": span.start.isoformat(), f"{whose}until": span.until.isoformat()}
