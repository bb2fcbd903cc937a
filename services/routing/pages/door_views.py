"""What the pages at the desk's door show, as plain values."""

from dataclasses import dataclass
from enum import StrEnum

from shared.web.forms import EMPTY_FORM, Form


class Trouble(StrEnum):
    """Why signing in by the identity provider did not come about; its messages are `sign_in.trouble.<value>.…`."""

    CANCELLED = "cancelled"
    OVER = "over"
    AWAY = "away"
    WRONG = "wrong"
    CLOCKS = "clocks"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """`sign_in.html`: fields account and password; hidden next, the desk's address to go on to.

    `provider` is what staff call the identity provider, empty for the common word, none where there is none. `trouble`
    is why signing in there did not come about, and `account` the one that nobody of the district has.
    """

    next: str = "/desk"
    form: Form = EMPTY_FORM
    local: bool = True
    provider: str | None = None
    trouble: Trouble | None = None
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutPage:
    """`signed_out.html`: signed out here, and on the way to be so at the identity provider."""

    address: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPasswordPage:
    """`first_password.html`: fields password and password_again, in place of the first-use one; next as at the door."""

    account: str
    length_min: int
    next: str = "/desk"
    form: Form = EMPTY_FORM
