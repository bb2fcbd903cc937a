"""Records of `yima.keys.v1` (compacted): wrapped keys by person, and the marker that one was erased. Never events.

Once a day each partition also gets a `yima.kernel.DayBegun`, so that it can be compacted; readers pass it over.
"""

from typing import Literal

from shared.contracts.envelope import Value

TOPIC = "yima.keys.v1"
TYPE_NAME = "yima.keys.KeyRecord"


class KeyRecord(Value):
    """A person's key, wrapped by the platform key; `erased` forgets the person for good. The higher version wins."""

    person: str
    version: int
    state: Literal["wrapped", "erased"]
    wrapped: str | None = None

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents `type`."""
        return TYPE_NAME
