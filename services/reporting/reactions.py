"""What reporting does about others' events: keep them and count them, and follow the directory for names and areas."""

from services.reporting.projections import PROJECTED_TYPES, Reporting, project
from services.reporting.queries import SQL
from shared.contracts import intake, notify, routing
from shared.contracts.codec import knows
from shared.contracts.directory import (
    AreaDefined,
    CalendarDefined,
    CategoryDefined,
    DirectoryRecord,
    PlaceDefined,
    UnitDefined,
)
from shared.directory import DIRECTORY_TOPIC
from shared.kernel.kafka import Topic
from shared.kernel.reactions import UNHURRIED_BYTES, Reactions, Received
from shared.kernel.work import Work

REACTIONS: Reactions[Reporting] = Reactions(
    topics=(Topic(intake.TOPIC), Topic(routing.TOPIC), Topic(notify.TOPIC), DIRECTORY_TOPIC),
    knows=knows,
    keep=frozenset({"/intake", "/routing", "/notify"}),
    kept_types=PROJECTED_TYPES,
    project=project,
    gather_bytes=UNHURRIED_BYTES,
)


@REACTIONS.on(AreaDefined)
@REACTIONS.on(PlaceDefined)
@REACTIONS.on(UnitDefined)
@REACTIONS.on(CategoryDefined)
@REACTIONS.on(CalendarDefined)
async def follow(reporting: Reporting, work: Work, received: Received[DirectoryRecord]) -> None:
    """Names, areas and calendars, the newest of each; and what was said of areas and names until then."""
    record = received.event
    await reporting.directory.record(work.connection, [record])
    await work.connection.execute(
        SQL["remember_directory"],
        record.kind,
        record.id,
        record.at,
        record.type_name(),
        record.schema_version,
        record.to_json(),
    )
