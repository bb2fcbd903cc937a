"""What one running platform is made of: where its stores are, where it listens, where its files lie."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Everything that the four services in one process need to be told."""

    database_url: str
    kafka_bootstrap: str
    port: int
    data_dir: Path
