"""The composed district: what it mounts is there, what it sets is read, and nothing in it takes the machine."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from services.cli import app
from services.cli.settings import known_settings
from shared.embedded.platform_secrets import PlatformSecrets
from shared.kernel.tracing import ENDPOINT

ROOT = Path(__file__).parents[3]
COMPOSED: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSED["services"]
PROGRAMS = Path(sys.executable).parent
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("yima:"))
LASTING = sorted(name for name, service in SERVICES.items() if service["restart"] == "unless-stopped")
SERVING = {"intake", "routing", "notify", "reporting"}
PROFILES = ("core", "monitoring", "demo", "ops")
# What is added to the first file where a district wants it.
OVERRIDES = sorted((ROOT / "deploy" / "compose").glob("*.yml"))
ASKED_FOR = {
    "PHOTOS_URL": "s3://yima-photos/district",
    "PHOTOS_ENDPOINT": "https://s3.example",
    ENDPOINT: "http://collector.example:4318",
}
TAG = ("${YIMA_IMAGE_TAG:-0.1.0}", "0.1.0")
MEGABYTES = {"m": 1, "g": 1024}


def mounted() -> Iterator[Path]:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            if volume.startswith("."):
                yield ROOT / volume.split(":")[0]


def megabytes(size: str) -> int:
    return int(size[:-1]) * MEGABYTES[size[-1]]


def run(*command: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, **settings)


@pytest.mark.parametrize("profiles", ["core", "monitoring", "demo", "ops", "core,monitoring,demo"])
def test_compose_itself_takes_the_file(profiles: str) -> None:
    options = [f"--profile={profile}" for profile in profiles.split(",")]

    checked = run(str(PROGRAMS / "docker-compose"), *options, "-f", "docker-compose.yml", "config", "-q")

    assert (checked.returncode, checked.stderr) == (0, "")


def documented() -> set[tuple[str, ...]]:
    """Every choice of files that a page or a file names, and all of them at once."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *OVERRIDES]
    named = {
        tuple(re.findall(r"-f (\S+)", options))
        for page in pages
        for options in re.findall(r"docker compose((?: -f \S+)+)", page.read_text(encoding="utf-8"))
    }
    return named | {("docker-compose.yml", *(path.relative_to(ROOT).as_posix() for path in OVERRIDES))}


def composed(files: Sequence[str], **settings: str) -> subprocess.CompletedProcess[str]:
    """What compose makes of these files, as JSON."""
    options = [f"--file={file}" for file in files] + [f"--profile={profile}" for profile in PROFILES]
    return run(str(PROGRAMS / "docker-compose"), *options, "config", "--format=json", env=os.environ | settings)


@pytest.mark.parametrize("files", sorted(documented()), ids=lambda files: "+".join(Path(each).stem for each in files))
def test_compose_takes_every_choice_of_files_that_is_documented(files: tuple[str, ...]) -> None:
    checked = composed(files, **ASKED_FOR)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_file_that_adds_to_it_is_documented_and_says_what_it_needs() -> None:
    added = {path.relative_to(ROOT).as_posix() for path in OVERRIDES}

    assert {file for files in documented() if len(files) == 2 for file in files[1:]} == added
    assert {file for file in added if composed(("docker-compose.yml", file)).returncode == 0} == set()


def test_photos_go_to_a_bucket_by_one_more_file_of_which_all_is_known() -> None:
    added: dict[str, Any] = YAML(typ="safe").load(ROOT / "deploy" / "compose" / "bucket.yml")
    keeping = {name: each for name, each in added["services"].items() if "secrets" in each}

    assert keeping.keys() == {"intake", "routing", "ops"}
    for service in keeping.values():
        assert service["environment"].keys() - known_settings() == set()
        assert {f"/run/secrets/{name}" for name in service["secrets"]} <= set(service["environment"].values())
        assert set(service["secrets"]) == added["secrets"].keys()


def test_traces_leave_all_four_services_from_an_image_that_can_send_them() -> None:
    files = ("docker-compose.yml", "deploy/compose/tracing.yml")

    services = json.loads(composed(files, **ASKED_FOR).stdout)["services"]

    ours = {name: each for name, each in services.items() if "build" in each}
    assert ours.keys() == set(OURS)
    assert {each["build"]["args"]["TRACING"] for each in ours.values()} == {"1"}
    assert {each["image"] for each in ours.values()} == {f"{SERVICES['intake']['image']}-traced".replace(*TAG)}
    assert {name for name, each in ours.items() if ENDPOINT in each["environment"]} == SERVING
    assert {each["environment"][ENDPOINT] for name, each in ours.items() if name in SERVING} == {ASKED_FOR[ENDPOINT]}


def test_every_file_that_is_mounted_is_there() -> None:
    assert [path for path in mounted() if not path.exists()] == []


def test_every_setting_of_ours_is_one_that_is_read() -> None:
    named = {name for service in SERVICES.values() for name in service.get("environment", ()) if "YIMA" in name}
    in_image = set(re.findall(r"\b(YIMA_\w+)=", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")))

    assert named
    assert (named | in_image) - known_settings() == set()


def test_every_secret_is_declared_made_and_used_where_a_setting_names_it(tmp_path: Path) -> None:
    run("sh", "deploy/secrets.sh", str(tmp_path))
    files = {name: Path(secret["file"]).name for name, secret in COMPOSED["secrets"].items()}

    made = {path.name for path in tmp_path.iterdir()}

    assert set(files.values()) == made
    assert {name for service in SERVICES.values() for name in service.get("secrets", ())} == files.keys()
    for service in SERVICES.values():
        named = re.findall(r"/run/secrets/([\w.-]+)", str(service.get("environment")))
        assert set(named) <= set(service.get("secrets", ()))


def test_secrets_are_made_once_and_are_what_the_services_take(tmp_path: Path) -> None:
    run("sh", "deploy/secrets.sh", str(tmp_path))
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}

    again = run("sh", "deploy/secrets.sh", str(tmp_path))

    assert again.returncode == 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first
    assert len(set(first.values())) == len(first)
    PlatformSecrets.read(tmp_path / "platform.json")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_version_is_fixed(name: str) -> None:
    assert re.search(r":(v?\d+\.\d+|\$\{YIMA_IMAGE_TAG:-\d)", SERVICES[name]["image"])


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_says_how_it_is_and_may_not_take_the_machine(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"][0] == "CMD"
    assert "mem_limit" in service


@pytest.mark.parametrize("name", sorted(name for name, service in SERVICES.items() if "tmpfs" in service))
def test_what_lies_in_memory_leaves_room_for_the_program(name: str) -> None:
    [place] = SERVICES[name]["tmpfs"]

    size = place.partition(":size=")[2]

    assert 2 * megabytes(size) <= megabytes(SERVICES[name]["mem_limit"])


@pytest.mark.parametrize("name", OURS)
def test_services_run_without_rights_on_a_read_only_file_system(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(SERVING))
def test_each_service_signs_in_as_its_own_role_after_the_migration(name: str) -> None:
    service = SERVICES[name]
    roles = (ROOT / "deploy" / "compose" / "roles.sql").read_text(encoding="utf-8")

    assert service["environment"]["YIMA_DATABASE_URL"].startswith(f"postgresql://yima_{name}@")
    assert f"CREATE ROLE yima_{name} LOGIN PASSWORD :'{name}';" in roles
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command: Any = typer.main.get_command(app)
    words = list(SERVICES[name]["command"])
    if "entrypoint" in SERVICES[name]:
        # By hand the whole line is typed, so that its commands are written as everywhere.
        assert (SERVICES[name]["entrypoint"], words.pop(0)) == (["env"], "yima")

    with command.make_context("yima", [words[0], "--help"], resilient_parsing=True):
        made = command.commands[words[0]].make_context(words[0], words[1:])

    assert made.protected_args == [] if hasattr(made, "protected_args") else made.args == []


def test_commands_by_hand_have_the_owner_s_account_and_need_nothing_that_runs() -> None:
    by_hand, migration = SERVICES["ops"], SERVICES["migrate"]

    assert by_hand["environment"] == migration["environment"]
    assert by_hand["secrets"] == migration["secrets"]
    # What erases somebody must find the photos.
    assert by_hand["volumes"] == SERVICES["intake"]["volumes"][:1]
    assert (by_hand["profiles"], by_hand["depends_on"], by_hand["restart"]) == (["ops"], {}, "no")
