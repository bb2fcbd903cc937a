"""The manifests as kustomize renders them, for whoever tries their rules."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
OVERLAYS = ["pilot", "district"]
RENDERER = shutil.which("kustomize") or shutil.which("kubectl")

needs_renderer = pytest.mark.skipif(
    RENDERER is None and "CI" not in os.environ, reason="neither kustomize nor kubectl is installed"
)


def built(folder: Path | str) -> str:
    assert RENDERER is not None, "install kustomize or kubectl"
    command = [RENDERER, "kustomize"] if Path(RENDERER).name == "kubectl" else [RENDERER, "build"]
    done = subprocess.run([*command, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@cache
def rendered(overlay: str) -> str:
    return built(f"deploy/k8s/overlays/{overlay}")


@cache
def objects(overlay: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all(rendered(overlay)))


def of_kind(overlay: str, *kinds: str) -> Iterator[dict[str, Any]]:
    return (each for each in objects(overlay) if each["kind"] in kinds)


def named(workload: dict[str, Any]) -> str:
    return str(workload["metadata"]["name"])


def pod_of(workload: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = workload["spec"]["template"]
    return pod


def containers(overlay: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for workload in of_kind(overlay, "Deployment", "Job"):
        for container in pod_of(workload)["spec"]["containers"]:
            yield named(workload), container


def settings_of(overlay: str, container: dict[str, Any]) -> set[str]:
    maps = {named(each): each["data"] for each in of_kind(overlay, "ConfigMap")}
    shared = {name for each in container["envFrom"] for name in maps[each["configMapRef"]["name"]]}
    return shared | {each["name"] for each in container["env"]}
