"""A pass: what the desk's door tells another service of who is signed in, signed, and good for seconds."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts.directory import Reach, Role

PASS_COOKIE = "yima_pass"  # noqa: S105 - a cookie's name, not a secret.
# Where the door issues one, and leads back to what was asked for.
PASS_DOOR = "/desk/pass"  # noqa: S105 - an address, not a secret.
FIGURES = "/desk/figures"
PHONE_DESK = "/desk/phone"
# So long somebody may go on after their session was ended elsewhere. Then their next page goes over the door, unseen.
GOOD_FOR = timedelta(seconds=10)
PASS_LENGTH_MAX = 2_000


class Pass(BaseModel):
    """Who comes, how far their role sees, what else it may, and until when that was true. No name: that is sealed."""

    model_config = ConfigDict(frozen=True)

    person: str
    unit: str
    role: Role
    reach: Reach
    admin: bool
    takes_calls: bool = False
    # The pages that it lets in to, and no others.
    opens: str = FIGURES
    expires_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Passes:
    """Issues passes and reads them again; the services of one platform have one secret."""

    secret: bytes
    now: Callable[[], datetime]

    def issue(
        self,
        *,
        person: str,
        unit: str,
        role: Role,
        reach: Reach,
        admin: bool,
        takes_calls: bool = False,
        opens: str = FIGURES,
    ) -> tuple[str, datetime]:
        """A pass from now on, and until when it is good."""
        expires_at = self.now() + GOOD_FOR
        told = Pass(
            person=person,
            unit=unit,
            role=role,
            reach=reach,
            admin=admin,
            takes_calls=takes_calls,
            opens=opens,
            expires_at=expires_at,
        )
        said = told.model_dump_json().encode()
        # Blanks behind it instead of base64's "=", for which a cookie would have to be quoted.
        body = urlsafe_b64encode(said + b" " * (-len(said) % 3)).decode()
        return f"{body}.{self._signature(body)}", expires_at

    def read(self, written: str | None, *, opens: str = FIGURES) -> Pass | None:
        """What a pass says; none where we did not issue it, it is for other pages, or its time is over."""
        if not written or len(written) > PASS_LENGTH_MAX:
            return None
        body, _, signature = written.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            return None
        try:
            told = Pass.model_validate_json(urlsafe_b64decode(body))
        except (NotBase64Error, ValidationError):
            # Ours, and of another release.
            return None
        return told if told.opens == opens and self.now() < told.expires_at else None

    def _signature(self, body: str) -> str:
        return hmac.new(self.secret, f"pass|{body}".encode(), hashlib.sha256).hexdigest()
