"""What the command line can refuse, each with what to do about it."""


class CommandError(Exception):
    """The command could not be carried out."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} {detail}".strip())
        self.detail = detail


class AlreadyRunningError(CommandError):
    """The platform is already running: `yima status` shows it, `yima down` stops it."""


class NotRunningError(CommandError):
    """The platform is not running: start it with `yima up`."""


class PortTakenError(CommandError):
    """The port is taken: stop the program that holds it, or choose another port with --port or YIMA_PORT."""


class StartFailedError(CommandError):
    """The platform ended while it was starting: `yima doctor` and its log say why."""


class BadSettingError(CommandError):
    """A setting cannot be used: correct or remove the environment variable."""
