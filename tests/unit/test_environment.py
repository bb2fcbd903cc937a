"""The virtual environment is made with the mirror that pip is configured for."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "environment.py"


@pytest.fixture(scope="module")
def environment() -> ModuleType:
    specification = importlib.util.spec_from_file_location("environment", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_stronger_section_of_pips_configuration_wins(environment: ModuleType) -> None:
    listed = (
        "global.index-url='http://weak.test/simple'\n"
        ":env:.index-url='http://strong.test/simple'\n"
        "install.find-links='/wheels\\n/more'\n"
        "list.format='columns'\n"
    )

    assert environment.configuration(listed) == {
        "index-url": "http://strong.test/simple",
        "find-links": "/wheels\n/more",
    }


def test_one_package_is_cut_out_of_the_lock_with_its_hashes(environment: ModuleType) -> None:
    lock = "a==1 \\\n    --hash=sha256:aa\nuv==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nz==3\n"

    assert environment.locked_block("uv", lock) == "uv==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


@pytest.mark.parametrize("name", ["app.lock.txt", "dev.lock.txt"])
def test_lock_file_holds_hashes_and_no_address(name: str) -> None:
    lock = (SCRIPT.parent / name).read_text()

    assert "--hash=sha256:" in lock
    assert "://" not in lock
