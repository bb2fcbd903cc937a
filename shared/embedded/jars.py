"""Kafka's programs: fetched once into the user's cache, every file checked against the list we know."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

from shared.embedded.errors import DownloadError, EmbeddedError, NoCacheDirectoryError, UnexpectedJarError
from shared.embedded.progress import Progress, Report, Step, silent

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
# Kafka logs through SLF4J and brings no writer for it.
LOG_WRITER = "org.slf4j:slf4j-simple:1.7.36"
KNOWN_JARS = Path(__file__).with_name("kafka_jars.txt")
MIRROR = "YIMA_MAVEN_REPOSITORY"
DOWNLOADS_AT_ONCE = 6
_HEAD = "# Every file that the embedded Kafka runs from; `python -m shared.embedded.jars` writes this list anew."


def known_jars() -> Mapping[str, str]:
    """The SHA-256 of each file, by its coordinate (group:artifact:version)."""
    lines = KNOWN_JARS.read_text().splitlines()
    return {coordinate: digest for digest, coordinate in (line.split() for line in lines if not line.startswith("#"))}


def cache_directory() -> Path:
    """Where downloads are kept, also for a user whose home is missing or cannot be written."""
    for candidate in _candidates():
        try:
            candidate.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if candidate.stat().st_uid == os.geteuid() and os.access(candidate, os.W_OK):
            return candidate
    raise NoCacheDirectoryError


def _candidates() -> Iterator[Path]:
    if os.environ.get("XDG_CACHE_HOME"):
        yield Path(os.environ["XDG_CACHE_HOME"]) / "yima"
    with suppress(RuntimeError):
        yield Path.home() / ".cache" / "yima"
    yield Path(tempfile.gettempdir()) / f"yima-cache-{os.geteuid()}"


def jars_directory() -> Path:
    return cache_directory() / KAFKA.replace(":", "-")


def are_here() -> bool:
    """Whether a start needs no network: the directory appears only when every file in it was checked."""
    return jars_directory().is_dir()


def fetch(report: Report = silent, given_up: Event | None = None) -> Path:
    """Gives the directory of jars, downloading what is missing; of several processes one downloads."""
    target = jars_directory()
    if target.is_dir():
        return target
    with _alone(target):
        if not target.is_dir():
            _fetch_into(target, report, given_up or Event())
    return target


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    with target.with_name(f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_into(target: Path, report: Report, given_up: Event) -> None:
    partial = target.with_name(f"{target.name}.partial")
    partial.mkdir(exist_ok=True)
    store = target.with_name("downloads")
    for jar in _download(store, report, given_up):
        jar.replace(partial / jar.name)
    partial.rename(target)
    shutil.rmtree(store)


def _download(store: Path, report: Report, given_up: Event) -> list[Path]:
    known = known_jars()
    report(Progress(Step.KAFKA_DOWNLOAD, total=len(known)))
    context = _maven(store)

    def download(coordinate: str) -> Path:
        if given_up.is_set():
            raise DownloadError(coordinate)
        return _download_one(context, coordinate, known[coordinate])

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        running = [pool.submit(download, coordinate) for coordinate in known]
        try:
            return list(_arrivals(running, report))
        except EmbeddedError:
            # One missing file is reason enough: whoever waits is told now and not after the other forty.
            given_up.set()
            raise


def _arrivals(running: Sequence[Future[Path]], report: Report) -> Iterator[Path]:
    for done, future in enumerate(as_completed(running), start=1):
        jar = future.result()
        report(Progress(Step.KAFKA_DOWNLOAD, subject=jar.name, done=done, total=len(running)))
        yield jar


def _download_one(context: Any, coordinate: str, digest: str) -> Path:
    group, artifact, version = coordinate.split(":")
    try:
        jar: Path = context.project(group, artifact).at_version(version).artifact().resolve()
    # The library raises plain RuntimeError where no repository has the file.
    except (OSError, RuntimeError) as error:
        raise DownloadError(coordinate) from error
    if _digest(jar) != digest:
        jar.unlink()
        raise UnexpectedJarError(coordinate)
    return jar


def _maven(store: Path) -> Any:
    # Imported here because it is slow to import and needed once in a machine's life.
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    mirror = os.environ.get(MIRROR, MAVEN_CENTRAL_URL).rstrip("/")
    return MavenContext(repo_cache=store, remote_repos={"mirror": mirror}, timeout=60)


def source() -> str:
    """The address of one of the files, for whoever asks whether it can be reached."""
    group, artifact, version = KAFKA.split(":")
    repository = next(iter(_maven(Path()).remote_repos.values()))
    return f"{repository}/{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.pom"


def write_known_jars() -> None:
    """Resolves the two coordinates above anew and writes down what they need, after a version was raised."""
    with tempfile.TemporaryDirectory() as store:
        context = _maven(Path(store))
        wanted = [context.create_dependency(coordinate) for coordinate in (KAFKA, LOG_WRITER)]
        named, transitive = context.resolver.resolve(wanted)
        needed = [*named, *(found for found in transitive if found.scope in ("compile", "runtime"))]
        lines = [f"{_digest(found.artifact.resolve())}  {_coordinate(found.artifact)}" for found in needed]
    KNOWN_JARS.write_text("\n".join([_HEAD, *sorted(lines, key=lambda line: line.split()[1]), ""]))


def _digest(jar: Path) -> str:
    return hashlib.sha256(jar.read_bytes()).hexdigest()


def _coordinate(artifact: Any) -> str:
    return f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"


if __name__ == "__main__":
    write_known_jars()
