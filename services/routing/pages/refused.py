"""An act at the case's page that was not done: its form comes back as it was typed."""

from dataclasses import dataclass, field
from http import HTTPStatus

from services.routing.domain.permissions import Action
from shared.web.forms import EMPTY_FORM, Form
from shared.web.problems import PageProblem


@dataclass(frozen=True, slots=True)
class ActRefused:
    """What was tried in vain; `because` where it is not the form but the case as it stands that refused it."""

    action: Action | None = None
    form: Form = EMPTY_FORM
    because: PageProblem | None = None
    words: str = field(default="", repr=False)

    @property
    def status(self) -> int:
        """What the page is sent with."""
        if self.because:
            return self.because.status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.action else HTTPStatus.OK


NOTHING_REFUSED = ActRefused()
