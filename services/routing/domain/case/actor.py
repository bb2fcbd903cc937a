"""Who acts on a case."""

from dataclasses import dataclass

from shared.contracts.directory import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The staff member who acts, by ids only; `oversees` is whether the case is in their sight without a part in it."""

    person: str
    unit: str
    role: Role
    oversees: bool = False
