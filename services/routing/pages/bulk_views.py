"""What the page of several cases shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.routing.domain.case.state import Status
from services.routing.domain.permissions import Action
from services.routing.pages.views import Staff, UnitChoice
from shared.contracts.directory import Name
from shared.web.forms import EMPTY_FORM, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """A chosen case, at the version that is shown."""

    case_id: UUID
    version: int
    number: str
    words: str
    place_name: Name
    unit_name: Name | None
    status: Status
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A case that it was not done with: `why` is said in the page's own words, or else `remedy` is; no row unseen."""

    row: BulkRow | None
    why: str = ""
    remedy: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """`bulk.html`: `rows` are to be acted on, `done` and `refused` what came of `action`, whose form `form` is.

    There is no row of a case that went out of sight by it.

    `query` keeps the list that they were chosen from in addresses, `back` is where it is.
    """

    staff: Staff
    acts: Sequence[Action]
    rows: Sequence[BulkRow]
    units: Sequence[UnitChoice]
    cases_max: int
    form_token: str
    query: str
    back: str
    too_many: bool = False
    action: Action | None = None
    form: Form = EMPTY_FORM
    done: Sequence[BulkRow | None] = ()
    refused: Sequence[Refused] = ()

    def form_of(self, action: Action) -> Form:
        """As typed, of the act that was sent."""
        return self.form if action is self.action else EMPTY_FORM
