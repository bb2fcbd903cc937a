"""Other open cases at the same place, so that a trouble that was reported twice is seen, and merged without typing."""

from collections.abc import Mapping, Sequence

from services.routing.domain.case.state import DONE, Status
from services.routing.domain.inbox import Narrowing, Show, Wanted
from services.routing.domain.permissions import Action
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.reading import CaseRead, opened
from services.routing.pages.views import MergedShown
from services.routing.queries import ListedCase, inbox_connection, open_page

# The case itself is among those that are asked for; more than a few nobody compares.
NEARBY_MAX = 6
FOLLOWED_BY_NONE = DONE | {Status.MERGED}


async def cases_at_its_place(
    service: Routing, member: Member, read: CaseRead, actions: Sequence[Action]
) -> Sequence[MergedShown]:
    """Those that are due first, for who may merge this one; what was split off it is another trouble."""
    if Action.MERGE not in actions:
        return ()
    wanted = Wanted(show=Show.AREA, narrowing=Narrowing(places=(read.case.matter.place,)))
    pool, now = service.runtime.pool, service.runtime.ground.clock.now()
    async with inbox_connection(pool, wanted.narrowing) as connection:
        page = await open_page(connection, member.sight, wanted, now=now, limit=NEARBY_MAX)
    known = {read.case.id, read.case.split_from, *read.case.split_off}
    others = [row for row in page.rows if row.id not in known and row.status not in FOLLOWED_BY_NONE]
    texts = await opened(service, (row.text for row in others))
    return [_shown(row, texts) for row in others]


def _shown(row: ListedCase, texts: Mapping[str, str | None]) -> MergedShown:
    return MergedShown(case_id=row.id, number=row.number, opened_at=row.opened_at, words=texts[row.text.box])
