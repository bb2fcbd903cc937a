"""What the admin's pages show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.editions import Difference
from services.routing.handlers.admin import ContactExport, SignedOut
from services.routing.pages.views import Staff
from services.routing.queries import Edition
from shared.contracts.directory import Name, Role
from shared.contracts.messages import Message
from shared.contracts.routing import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionsPage:
    """`admin_editions.html`: what was published when and by whom, the newest first."""

    staff: Staff
    editions: Sequence[Edition]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesPage:
    """`admin_differences.html`: what the later edition has otherwise than the earlier; `editions` to choose from."""

    staff: Staff
    editions: Sequence[Edition]
    earlier: int
    later: int
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionShown:
    """One condition of a rule and what it asks for, each in the reader's words; none for one that speaks for itself."""

    field: str
    values: Sequence[Name]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAsked:
    """Whom a rule gives a case to or calls: a unit, or those that have a `relation` to places, each in its own area."""

    relation: str = ""
    units: Sequence[Name]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShown:
    """A message that a rule has said in the district's own words, its placeholders not filled."""

    id: str
    message: Message
    says: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """One rule as it is asked, in order, and how often it led lately."""

    place: int
    id: str
    name: Name
    urgent: bool
    conditions: Sequence[ConditionShown]
    unit: UnitAsked
    terms: Sequence[Term]
    whistle: Sequence[UnitAsked]
    verified: bool
    follow_ups: int
    templates: Sequence[TemplateShown] = ()
    hits: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """`admin_rules.html`: the rules in the order in which they are asked, with how many reports each led in `days`.

    The first that matches decides.
    """

    staff: Staff
    edition: int
    days: int
    rules: Sequence[RuleShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserShown:
    """One of the district's people; `first_password` is none where they have no local account."""

    id: str
    name: str
    role: Role
    unit_name: Name
    first_password: bool | None
    signed_in_at: datetime | None
    by_provider: bool
    sessions: int
    signed_out: SignedOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersPage:
    """`admin_users.html`: the district's people, those of a unit together."""

    staff: Staff
    users: Sequence[UserShown]
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactExportShown:
    """One time that contacts left the platform, and the unit of who did it in the reader's words."""

    export: ContactExport
    unit_name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactExportsPage:
    """`admin_contact_exports.html`: who took reporters' contacts out in the last `days`, the newest first."""

    staff: Staff
    days: int
    exports: Sequence[ContactExportShown]
