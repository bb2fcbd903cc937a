"""A process is known again by its pid and start time, and a stranger is never mistaken for it."""

import os
import signal
import stat
import sys
from pathlib import Path

from shared.embedded.processes import (
    SERVER_PORTS,
    ProcessRecord,
    clean_environment,
    end,
    free_port,
    is_free,
    spawn,
    write_private,
)


def test_own_process_is_found_again_from_its_file(tmp_path: Path) -> None:
    ProcessRecord.of(os.getpid()).write(tmp_path / "process.json")

    found = ProcessRecord.read(tmp_path / "process.json")

    assert found is not None
    assert found.process() is not None


def test_later_process_with_the_same_pid_is_a_stranger() -> None:
    own = ProcessRecord.of(os.getpid())

    earlier = ProcessRecord(pid=own.pid, started=own.started - 60)

    assert earlier.process() is None


def test_damaged_record_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "process.json").write_text('{"pid": 12')

    assert ProcessRecord.read(tmp_path / "process.json") is None
    assert ProcessRecord.read(tmp_path / "absent.json") is None


async def test_process_that_ignores_the_request_to_end_is_ended_the_hard_way(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    record = spawn([sys.executable, "-c", deaf], log=tmp_path / "log")

    await end(record, first=signal.SIGTERM, patience_seconds=0.3)

    assert record.process() is None


async def test_ended_process_is_not_waited_for(tmp_path: Path) -> None:
    record = spawn([sys.executable, "-c", "pass"], log=tmp_path / "log")

    await end(record, first=signal.SIGTERM, patience_seconds=30)

    assert record.process() is None


def test_private_file_is_replaced_as_a_whole_and_read_by_its_owner_only(tmp_path: Path) -> None:
    secret = tmp_path / "secrets.json"
    write_private(secret, "first")

    write_private(secret, "second")

    assert secret.read_text() == "second"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [secret]


def test_free_port_lies_below_those_that_clients_are_given() -> None:
    port = free_port()

    assert port in SERVER_PORTS
    assert is_free(port)


def test_servers_do_not_inherit_other_peoples_settings() -> None:
    foreign = clean_environment().keys() & {"PGHOST", "PGDATA", "JAVA_TOOL_OPTIONS", "KAFKA_OPTS", "CLASSPATH", "LANG"}

    assert foreign == set()
    assert clean_environment()["LC_ALL"] == "C"
