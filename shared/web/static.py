"""Style sheets and scripts under addresses that change with their content, so that phones keep them for a year."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

STATIC = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"
# A page of the previous release may still ask by the old address: it gets today's file, but must not keep it.
ASK_AGAIN = "no-cache"


class UnknownAssetError(LookupError):
    """There is no such file among the static ones; templates name them relative to shared/web/static."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed."""

    content: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files in memory: they are few and small, and no request waits for a disk."""

    edition: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """The address of a file, with the edition of all of them, so that files may name each other relatively."""
        if name not in self.files:
            raise UnknownAssetError(name)
        return f"/static/{self.edition}/{name}"

    def route(self) -> Route:
        """The route that serves them; append it to the application's routes."""
        return Route("/static/{edition}/{name:path}", self._serve, methods=["GET"], name="static")

    async def _serve(self, request: Request) -> Response:
        asset = self.files.get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("404", status_code=404)
        current = request.path_params["edition"] == self.edition
        headers = {"cache-control": FOR_A_YEAR if current else ASK_AGAIN, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.compressed, headers=headers | {"content-encoding": "gzip"}, media_type=asset.media_type
            )
        return Response(asset.content, headers=headers, media_type=asset.media_type)


def load_assets(folder: Path = STATIC) -> Assets:
    """Every file below the folder, and the edition that their contents make."""
    contents = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return Assets(digest.hexdigest()[:12], {name: _asset(name, content) for name, content in contents.items()})


@cache
def shared_assets() -> Assets:
    """The platform's own files, read once a process, however many services it holds."""
    return load_assets()


def _asset(name: str, content: bytes) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, gzip.compress(content, mtime=0), media_type)
