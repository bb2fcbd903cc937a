"""What a message says, in its recipient's language, from the catalogues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notify.domain.wishes import OF_DUTY, TRACKING_TOKEN
from shared.contracts.notify import Audience
from shared.sms.placeholders import filled
from shared.web.catalogues import Catalogue, load_catalogues
from shared.web.language import DEFAULT_LANGUAGE, Language, known_language
from shared.web.wording import Wording, ticket_number

# A handler needs to recognise the words, not to read all of them on a phone; the desk has the whole text.
WORDS_LENGTH_MAX = 60
MOMENTS = frozenset(
    {
        *("deadline", "verify_by", "observed_until", "accept_by", "report_by", "resolve_by"),
        *("start", "until", "other_start", "other_until"),
    }
)


@dataclass(frozen=True, slots=True)
class MessageWording:
    """Writes messages."""

    public_url: str
    catalogues: Mapping[Language, Catalogue]
    now: Callable[[], datetime]

    def text(
        self,
        *,
        template: str,
        audience: Audience,
        locale: str,
        ticket_id: UUID,
        params: Mapping[str, str | None],
        own_wording: str | None = None,
    ) -> str:
        """The message, in the district's own words where it has some; what was forgotten (None) is said to be so."""
        catalogue = self.catalogues[known_language(locale) or DEFAULT_LANGUAGE]
        said = {name: self._said(catalogue, name, value) for name, value in params.items()}
        # A message that was wanted before messages named the unit still waits for its attempt.
        said.setdefault("unit_name", catalogue.say("sms.some_unit"))
        said["link"] = self._link(template, audience, ticket_id, params)
        if own_wording is not None:
            # Whose message it is stands before it whatever it says: no provider sends one without.
            return catalogue.say("sms.signed", words=filled(own_wording, said))
        return catalogue.say(f"sms.{template}.{audience}", **said)

    def _said(self, catalogue: Catalogue, name: str, value: str | None) -> str:
        if value is None:
            return catalogue.say("sms.forgotten")
        match name:
            case _ if name in MOMENTS:
                return Wording(catalogue, self.now).local_time(datetime.fromisoformat(value))
            case "number" | "first":
                return ticket_number(value)
            case "words":
                return clipped(value)
            case _:
                return value

    def _link(self, template: str, audience: Audience, ticket_id: UUID, params: Mapping[str, str | None]) -> str:
        if template in OF_DUTY:
            return f"{self.public_url}/desk/duty"
        if audience is Audience.REPORTER:
            return f"{self.public_url}/t/{params[TRACKING_TOKEN]}"
        return f"{self.public_url}/desk/cases/{ticket_id}"


def clipped(words: str) -> str:
    """One line, short enough for a message, which ends the sentence itself."""
    line = " ".join(words.split()).rstrip("。.")
    return line if len(line) <= WORDS_LENGTH_MAX else f"{line[: WORDS_LENGTH_MAX - 1]}…"


def message_wording(public_url: str, now: Callable[[], datetime]) -> MessageWording:
    """With the catalogues read."""
    return MessageWording(public_url, load_catalogues("notify"), now)
