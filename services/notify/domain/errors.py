"""What notify refuses, each error with its words and its HTTP status."""

from typing import ClassVar


class NotifyError(Exception):
    """Notify refuses."""

    status: ClassVar[int] = 400


class NeverSentError(NotifyError):
    """No message of this id was ever handed to a provider, so there is nothing to report about it."""

    status = 404
