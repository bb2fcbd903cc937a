"""How long something took, as people read it: whole minutes, hours and minutes, or days and hours."""

from collections.abc import Callable

HOUR, DAY = 60, 24 * 60
# Nobody turns fewer minutes into hours, or fewer hours into days.
IN_HOURS_FROM, IN_DAYS_FROM = 2 * HOUR, 3 * DAY


def lasted(minutes: float, say: Callable[..., str], *, working: bool = False) -> str:
    """So many minutes in the words of `say`, to the nearest of the smallest unit; `working` ones make no days."""
    whole = round(minutes)
    if whole < IN_HOURS_FROM:
        return say("lasted.minutes", minutes=whole)
    if working or whole < IN_DAYS_FROM:
        return say("lasted.hours", hours=whole // HOUR, minutes=whole % HOUR)
    hours = round(whole / HOUR)
    return say("lasted.days", days=hours // 24, hours=hours % 24)
