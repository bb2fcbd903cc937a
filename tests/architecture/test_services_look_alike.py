"""The four services have the same names in the same roles, so that who knows one finds their way in all."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "notify", "reporting")
EVERY_SERVICE = {"__init__", "app", "config", "domain", "projections", "queries", "reactions", "sql"}
WHERE_NEEDED = {"adapters", "api", "handlers", "pages"}
LINES_MAX = 400


def roles_of(service: str) -> set[str]:
    return {entry.stem for entry in (ROOT / "services" / service).iterdir() if entry.name != "__pycache__"}


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_the_roles_and_no_other_names(service: str) -> None:
    assert roles_of(service) - WHERE_NEEDED == EVERY_SERVICE


@pytest.mark.parametrize("service", SERVICES)
def test_service_offers_its_composer_the_same_names(service: str) -> None:
    root = (ROOT / "services" / service / "app.py").read_text(encoding="utf-8")

    missing = [name for name in ("NAME = ", "PREFIXES", "PUBLISHES", "COMPONENTS") if f"\n{name}" not in root]
    missing += [name for name in ("async def open_service(", "def create_app(") if f"\n{name}" not in root]

    assert missing == []


def test_migrations_of_a_schema_are_numbered_one_by_one() -> None:
    """Two that were written at the same time would be applied in the order of their names, which nobody chose."""
    for folder in sorted(ROOT.rglob("sql/migrations")):
        numbers = sorted(int(file.name[:4]) for file in folder.glob("*.sql"))

        assert numbers == list(range(1, len(numbers) + 1)), folder.relative_to(ROOT)


@pytest.mark.parametrize("part", ["services", "shared"])
def test_module_that_outgrows_its_file_becomes_a_folder(part: str) -> None:
    files = (ROOT / part).rglob("*.py")

    assert [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > LINES_MAX] == []
