"""Others' events to the figures' rows: SQL alone, over what was received, so that a rebuild runs the very same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.reporting.config import Config
from services.reporting.queries import SQL
from shared.contracts.intake import TicketImported, TicketOpened, TicketRated
from shared.contracts.notify import (
    DeliveryReported,
    NotificationQueued,
    NotificationSuppressed,
    SendAccepted,
    SendRejected,
    SendUnknown,
)
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseWithdrawn,
    DeadlineRecomputed,
    ExtensionGranted,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpPlanned,
    FollowUpRecurred,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    SuspensionEnded,
    SuspensionGranted,
    UnitReportedIn,
    VerificationFailed,
    VerificationPassed,
    WhistleBlown,
)
from shared.directory import DirectoryFollower
from shared.kernel.database import Connection
from shared.kernel.projections import Projection
from shared.kernel.reactions import Received
from shared.kernel.runtime import Runtime
from shared.web.passes import Passes

MIGRATIONS = Path(__file__).parent / "sql" / "migrations"

# The events that the queries of projection.sql read, by the names that stand in them.
PROJECTED = (
    TicketOpened,
    TicketImported,
    TicketRated,
    CaseOpened,
    CaseCategorised,
    CaseAssigned,
    CaseAccepted,
    CaseResolved,
    ExtensionGranted,
    DeadlineRecomputed,
    SuspensionGranted,
    SuspensionEnded,
    CaseMerged,
    VerificationFailed,
    CaseClosed,
    CaseReopened,
    CaseWithdrawn,
    CaseEscalated,
    CaseReturned,
    VerificationPassed,
    WhistleBlown,
    UnitReportedIn,
    JointTaskDeclined,
    JointTaskReleased,
    JointTaskInsisted,
    JointTaskTakenOver,
    FollowUpPlanned,
    FollowUpReminded,
    FollowUpDone,
    FollowUpRecurred,
    FollowUpCancelled,
    NotificationQueued,
    NotificationSuppressed,
    SendAccepted,
    SendRejected,
    SendUnknown,
    DeliveryReported,
)
PROJECTED_TYPES = frozenset(event.type_name() for event in PROJECTED)


def _migrations(*names: str) -> tuple[str, ...]:
    return tuple((MIGRATIONS / name).read_text(encoding="utf-8") for name in names)


FIGURES = Projection(
    name="figures",
    schema="reporting_figures",
    tables=_migrations("0002_figures.sql", "0005_figures_facts.sql", "0009_figures_split_off.sql"),
    indexes=_migrations(
        "0003_figures_indexes.sql",
        "0004_figures_who_was_asked.sql",
        "0006_figures_facts_indexes.sql",
        "0010_figures_repeats.sql",
        "0012_figures_for_grafana.sql",
    ),
    statements=(
        SQL["project_cases"],
        SQL["project_phases"],
        SQL["project_ratings"],
        SQL["project_messages"],
        SQL["project_facts"],
    ),
)


@dataclass(frozen=True, slots=True)
class Reporting:
    """What reporting is made of while it runs."""

    runtime: Runtime
    directory: DirectoryFollower
    config: Config

    @property
    def passes(self) -> Passes:
        """What reads the passes that the desk's door gives."""
        return Passes(self.config.session_key, self.runtime.ground.clock.now)


async def project(
    _service: Reporting, connection: Connection, _received: Sequence[Received[Any]], positions: Sequence[int]
) -> None:
    """Let what was just received show in the figures."""
    await FIGURES.take_in(connection, positions)
