"""Times, deadlines, numbers and names as people read them: Shanghai's clock, and how long is left."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from markupsafe import Markup, escape

from shared.contracts.directory import Name
from shared.lasting import lasted
from shared.web.catalogues import Catalogue

SHANGHAI = ZoneInfo("Asia/Shanghai")
# An address ends where printable ASCII does: Chinese text follows and precedes it without a space.
_ADDRESS = re.compile(r"(https?://[!-~]+)")
SOON = timedelta(hours=1)
# Beyond this nobody plans by the minute, and two units no longer fit a phone's row.
MINUTES_SHOWN_BELOW = timedelta(hours=10)


class Pressure(StrEnum):
    """How a deadline presses."""

    FINE = "fine"
    SOON = "soon"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language puts moments, amounts and names."""

    catalogue: Catalogue
    now: Callable[[], datetime]

    def local_time(self, at: datetime) -> str:
        """`4月28日 21:05`; the year only where it is another."""
        local = at.astimezone(SHANGHAI)
        same_year = local.year == self.now().astimezone(SHANGHAI).year
        pattern = self.catalogue.say("moment.this_year" if same_year else "moment.other_year")
        return format_datetime(local, pattern, tzinfo=SHANGHAI, locale=self.catalogue.language)

    def local_day(self, day: date) -> str:
        """`10月1日 周四`."""
        return format_date(day, self.catalogue.say("moment.day"), locale=self.catalogue.language)

    def deadline(self, at: datetime) -> str:
        """`还剩 2 小时` or `已超时 15 分钟`."""
        left = at - self.now()
        key = "deadline.left" if left >= timedelta(0) else "deadline.over"
        return self.catalogue.say(key, duration=self.duration(abs(left)))

    def pressure(self, at: datetime) -> Pressure:
        """Whether there is time, little time, or none."""
        left = at - self.now()
        if left < timedelta(0):
            return Pressure.OVER
        return Pressure.SOON if left < SOON else Pressure.FINE

    def duration(self, amount: timedelta) -> str:
        """Days, or hours, or hours and minutes, or minutes: always rounded down, so that nobody is promised more."""
        minutes = int(amount.total_seconds()) // 60
        if minutes == 0:
            return self.catalogue.say("duration.under_a_minute")
        if amount >= timedelta(days=2):
            return self._amount("days", minutes // 1440)
        if minutes < 60:
            return self._amount("minutes", minutes)
        hours = self._amount("hours", minutes // 60)
        if amount >= MINUTES_SHOWN_BELOW or minutes % 60 == 0:
            return hours
        return f"{hours} {self._amount('minutes', minutes % 60)}"

    def lasted(self, minutes: float, *, working: bool = False) -> str:
        """`19 小时 45 分`, of minutes or of working minutes: what is over and counted, not what is left."""
        return lasted(minutes, self.catalogue.say, working=working)

    def named(self, name: Name) -> str:
        """A name of the directory in the reader's language."""
        return name.zh if self.catalogue.language == "zh" else name.en

    def _amount(self, unit: str, count: int) -> str:
        return self.catalogue.say("duration." + unit, count=count)


def ticket_number(number: str) -> str:
    """Groups of three, as people read a number aloud: `123 456 789`."""
    return " ".join(number[start : start + 3] for start in range(0, len(number), 3))


def linked(text: str) -> Markup:
    """A message's text with its addresses as links, everything else escaped."""
    parts = _ADDRESS.split(text)
    return Markup("").join(
        Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
