"""Rules whose work nobody could verify: the unit is not there, or it is the very one that does the work."""

from collections.abc import Iterator

from services.routing.domain.checks.finding import Finding
from services.routing.domain.checks.reaching import reach
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import District
from services.routing.domain.rulebook import Rulebook
from shared.contracts.directory import Rule


def rules_that_nobody_verifies(district: District) -> Iterator[Finding]:
    """A place in the rule's reach where who is to verify is missing, or does the work itself."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        if rule.verification is None:
            continue
        found = {code: _why_nobody(rulebook, rule, rule.verification.unit, code) for code in reach(rule, rulebook)}
        for kind in ("verifier_missing", "verifier_does_the_work"):
            places = [code for code, why in found.items() if why == kind]
            if places:
                params: dict[str, str | int] = {"id": rule.id, "place": places[0], "count": len(places)}
                yield Finding(path=("rules", position, "verification"), kind=kind, params=params)


def _why_nobody(rulebook: Rulebook, rule: Rule, verifier: str | None, code: str) -> str:
    areas = rulebook.places[code].path
    lead = rulebook.units.unit_for(rule.unit, areas)
    named = rulebook.units.unit_for(verifier, areas) if verifier else None
    if (verifier and named is None) or (not verifier and not rulebook.units.ladder(lead)):
        return "verifier_missing"
    return "verifier_does_the_work" if named is not None and named == lead else ""
