"""What a look at the platform brings up: what is wrong with what to do about it, and what could not be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.cli.wording import worded


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong; the catalogue says what and what to do."""

    check: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return worded(self.check, **self.values)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be looked at from here: nothing is known to be wrong with it, and nothing to be right."""

    part: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return worded(self.part, **self.values)


@dataclass(frozen=True, slots=True)
class Examined:
    """All that was found and what was not looked at; of a platform of others (`apart`), or of that of `yima up`."""

    findings: Sequence[Finding]
    unseen: Sequence[Unseen]
    checks: int
    asked: Sequence[str]
    apart: bool
