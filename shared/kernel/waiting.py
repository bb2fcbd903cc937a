"""A fact that a handler needs and that has not come yet: never a poison, only a wait."""


class NotYetError(Exception):
    """A fact that this event needs has not arrived; its stream waits until it has."""

    def __init__(self, waiting_for: str) -> None:
        super().__init__(waiting_for)
        self.waiting_for = waiting_for
