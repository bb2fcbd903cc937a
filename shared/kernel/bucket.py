"""A place in an object store that speaks S3, and who we are to it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

# The library's own are a request of half a minute, tried ten times within three minutes: nobody waits so long for a
# photo, and whoever does not may try again.
CONNECTS_WITHIN = timedelta(seconds=2)
ANSWERS_WITHIN = timedelta(seconds=6)
RETRIES_MAX = 2
RETRIED_WITHIN = timedelta(seconds=3)
WAIT_FIRST = timedelta(milliseconds=100)
WAIT_MAX = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where, within which prefix, and by which account; `endpoint` where it is none of Amazon's."""

    name: str
    prefix: str = ""
    region: str
    endpoint: str | None = None
    # The bucket in the address's path; otherwise it is the first part of the host's name.
    path_style: bool = True
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    # Who vouches for the endpoint, where that is none of the system's.
    authority: Path | None = None

    def store(self, folder: str) -> S3Store:
        """What lies below a folder of this place. Nothing is asked of it yet."""
        return S3Store(
            self.name,
            prefix="/".join(part for part in (self.prefix, folder) if part),
            config=self._config,
            client_options=self._client,
            retry_config={
                "max_retries": RETRIES_MAX,
                "retry_timeout": RETRIED_WITHIN,
                "backoff": {"init_backoff": WAIT_FIRST, "max_backoff": WAIT_MAX, "base": 2},
            },
        )

    @property
    def _config(self) -> "S3Config":
        config: S3Config = {
            "region": self.region,
            "virtual_hosted_style_request": not self.path_style,
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
            # Some of those that speak S3 know no deletion of many at once.
            "disable_bulk_delete": True,
        }
        return {**config, "endpoint": self._endpoint} if self._endpoint else config

    @property
    def _client(self) -> "ClientConfig":
        client: ClientConfig = {
            "allow_http": (self.endpoint or "").startswith("http://"),
            "connect_timeout": CONNECTS_WITHIN,
            "timeout": ANSWERS_WITHIN,
        }
        return {**client, "root_certificate": self.authority.read_bytes()} if self.authority else client

    @property
    def _endpoint(self) -> str | None:
        """As the library wants it: with the bucket, where that is part of the host's name."""
        if self.endpoint is None or self.path_style:
            return self.endpoint
        parts = urlsplit(self.endpoint)
        return parts._replace(netloc=f"{self.name}.{parts.netloc}").geturl()
