"""What can keep an embedded server from running, each with what to do about it."""

from pathlib import Path


class EmbeddedError(Exception):
    """An embedded server does not run."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} {detail}".strip())
        self.detail = detail


class HalfWrittenError(EmbeddedError):
    """A data directory is incomplete: restore it from a backup, or move it away and start again with an empty one."""

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory))
        self.directory = directory


class ServerFailedError(EmbeddedError):
    """A server ended while it was starting; its log says why."""


class ServerSilentError(EmbeddedError):
    """A server runs but does not answer in time; its log may say why."""


class DownloadError(EmbeddedError):
    """Kafka could not be downloaded: check the network (or the mirror in YIMA_MAVEN_REPOSITORY) and start again."""


class UnexpectedJarError(EmbeddedError):
    """A downloaded file is not the one we know: delete it, check the mirror and start again."""


class ServiceSettingError(EmbeddedError):
    """A setting of a service cannot be used: correct or remove it; its module `config.py` says what it takes."""


class SecretFileError(EmbeddedError):
    """A secret's file is missing, empty, not readable or not what it should be, or the secret is set twice."""


class NoCacheDirectoryError(EmbeddedError):
    """No directory to keep downloads in: set XDG_CACHE_HOME to one that can be written."""


class NotOursError(EmbeddedError):
    """The data directory belongs to another user: run as that user or choose another directory with YIMA_DATA_DIR."""
