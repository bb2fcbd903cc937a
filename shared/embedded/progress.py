"""What a start or a stop is doing right now, for whoever wants to show it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """One thing worth telling the person who waits."""

    KAFKA_DOWNLOAD = "kafka_download"
    KAFKA_FORMAT = "kafka_format"
    KAFKA_START = "kafka_start"
    KAFKA_STOP = "kafka_stop"
    POSTGRES_INITIALISE = "postgres_initialise"
    POSTGRES_START = "postgres_start"
    POSTGRES_STOP = "postgres_stop"
    LEFT_OVER_ADOPTED = "left_over_adopted"
    LEFT_OVER_STOPPED = "left_over_stopped"
    PARTIAL_DISCARDED = "partial_discarded"
    DIRECTORY_OPENED = "directory_opened"
    MIGRATE = "migrate"
    CREATE_TOPICS = "create_topics"
    PUBLISH_DISTRICT = "publish_district"
    START_SERVICES = "start_services"
    STOP_SERVICES = "stop_services"


@dataclass(frozen=True, slots=True)
class Progress:
    """A step, what it is about, and how far it has come (`total` is 0 where nobody can say)."""

    step: Step
    subject: str = ""
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """For those who do not watch."""
