"""The composed district: what it mounts is there, what it sets is read, and one origin reaches every service."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from services.cli import app
from services.cli.settings import known_settings
from services.intake import app as intake
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing
from shared.embedded.platform_secrets import PlatformSecrets

ROOT = Path(__file__).parents[3]
COMPOSED: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSED["services"]
PROGRAMS = Path(sys.executable).parent
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("yima:"))
LASTING = sorted(name for name, service in SERVICES.items() if service["restart"] == "unless-stopped")
NGINX = (ROOT / "deploy" / "compose" / "nginx.conf").read_text(encoding="utf-8")


def mounted() -> Iterator[Path]:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            if volume.startswith("."):
                yield ROOT / volume.split(":")[0]


def run(*command: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, **settings)


@pytest.mark.parametrize("profiles", ["core", "monitoring", "demo", "ops", "core,monitoring,demo"])
def test_compose_itself_takes_the_file(profiles: str) -> None:
    options = [f"--profile={profile}" for profile in profiles.split(",")]

    checked = run(str(PROGRAMS / "docker-compose"), *options, "-f", "docker-compose.yml", "config", "-q")

    assert (checked.returncode, checked.stderr) == (0, "")


def test_photos_go_to_a_bucket_by_one_more_file_of_which_all_is_known() -> None:
    added: dict[str, Any] = YAML(typ="safe").load(ROOT / "deploy" / "compose" / "bucket.yml")
    keeping = {name: each for name, each in added["services"].items() if "secrets" in each}
    named = {"PHOTOS_URL": "s3://yima-photos/district", "PHOTOS_ENDPOINT": "https://s3.example"}
    files = ("-f", "docker-compose.yml", "-f", "deploy/compose/bucket.yml")
    config = (str(PROGRAMS / "docker-compose"), *files, "--profile=core", "config", "-q")

    taken, refused = run(*config, env=os.environ | named), run(*config)

    assert (taken.returncode, taken.stderr) == (0, "")
    assert refused.returncode != 0
    assert keeping.keys() == {"intake", "routing", "ops"}
    for service in keeping.values():
        assert service["environment"].keys() - known_settings() == set()
        assert {f"/run/secrets/{name}" for name in service["secrets"]} <= set(service["environment"].values())
        assert set(service["secrets"]) == added["secrets"].keys()


def test_linter_finds_nothing_in_the_dockerfile() -> None:
    linted = run(str(PROGRAMS / "hadolint"), "deploy/Dockerfile")

    assert (linted.returncode, linted.stdout) == (0, "")


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


@pytest.mark.parametrize("name", OURS)
def test_services_run_without_rights_on_a_read_only_file_system(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["intake", "routing", "notify", "reporting"])
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
        assert (SERVICES[name]["entrypoint"], words.pop(0)) == ([], "yima")

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


def routed(path: str) -> str:
    """To whom the proxy gives an address, as its map says."""
    for pattern, service in re.findall(r"^\s+~(\^\S+)\s+(\w+);$", NGINX, flags=re.MULTILINE):
        if re.search(pattern, path):
            return str(service)
    return "routing"


@pytest.mark.parametrize("service", [intake, routing, notify, reporting], ids=lambda service: service.NAME)
def test_proxy_reaches_every_address_of_a_service(service: Any) -> None:
    addresses = [f"{prefix}{rest}" for prefix in service.PREFIXES for rest in ("", "/one")]

    assert {address: routed(address) for address in addresses} == dict.fromkeys(addresses, service.NAME)


def test_proxy_gives_nothing_away_by_a_longer_name() -> None:
    assert routed("/report") == routed("/api/v1/ticketsandmore") == "routing"
    assert re.search(r"location ~ \^/\(metrics\|readyz\|healthz\)\$ \{ return 404; \}", NGINX)


def test_proxy_and_prometheus_have_the_addresses_that_the_services_believe() -> None:
    settings = SERVICES["intake"]["environment"]

    assert SERVICES["proxy"]["networks"]["yima"]["ipv4_address"] in settings["YIMA_TRUSTED_PROXIES"]
    assert SERVICES["prometheus"]["networks"]["yima"]["ipv4_address"] in settings["YIMA_METRICS_FROM"]
    assert SERVICES["proxy"]["networks"]["yima"]["ipv4_address"] not in settings["YIMA_METRICS_FROM"]
