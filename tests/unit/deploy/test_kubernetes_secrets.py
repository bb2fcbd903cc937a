"""Secrets on Kubernetes: whatever a pod or an operator asks for is made by somebody, and who makes it is told to."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.unit.deploy.manifests import OVERLAYS, ROOT, named, needs_renderer, objects, of_kind

# What an overlay needs of whoever runs it, with these keys: a certificate for its host, the accounts at the provider of
# SMS, at the stores of photos and of backups, and at those that ring somebody up.
ASKED_FOR = {
    "pilot": {"yima-tls": {"tls.crt", "tls.key"}},
    "district": {
        "yima-tls": {"tls.crt", "tls.key"},
        "yima-backups": {"ACCESS_KEY_ID", "ACCESS_SECRET_KEY"},
        "yima-sms": {"account-sid", "auth-token"},
        "yima-photos": {"access-key-id", "secret-access-key"},
        "yima-alerts": {"webhook-url", "mail-password"},
    },
}

pytestmark = needs_renderer


def strimzi_secrets(overlay: str) -> dict[str, set[str]]:
    """What Strimzi makes for each account and cluster."""
    authorities = {f"{named(each)}-cluster-ca-cert": {"ca.crt"} for each in of_kind(overlay, "Kafka")}
    return authorities | {named(each): {"password"} for each in of_kind(overlay, "KafkaUser")}


def own_secrets(tmp_path: Path) -> dict[str, set[str]]:
    """What our own script makes."""
    for script in ("deploy/secrets.sh", "deploy/k8s/secrets.sh"):
        made = subprocess.run(["sh", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    return {named(each): set(each["data"]) for each in YAML(typ="safe").load_all(made.stdout)}


def used_secrets(node: Any) -> Iterator[tuple[str, str]]:
    """Every Secret's key that is named anywhere below, in each of the ways in which it can be."""
    if isinstance(node, list):
        for each in node:
            yield from used_secrets(each)
    elif isinstance(node, dict):
        yield from ((node["secretName"], item["key"]) for item in node.get("items", ()) if "secretName" in node)
        if "tls" in node and isinstance(node["tls"], list):
            yield from ((each["secretName"], key) for each in node["tls"] for key in ("tls.crt", "tls.key"))
        for name in ("secretKeyRef", "accessKeyId", "secretAccessKey", "urlSecret", "authPassword"):
            if name in node:
                yield node[name]["name"], node[name]["key"]
        yield from (
            (node["passwordSecret"]["name"], key) for key in ("username", "password") if "passwordSecret" in node
        )
        yield from ((each["name"], each["key"]) for each in node.get("secretTargetRef", ()))
        for each in node.values():
            yield from used_secrets(each)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_secret_key_that_is_used_is_made_by_somebody(overlay: str, tmp_path: Path) -> None:
    made = strimzi_secrets(overlay) | own_secrets(tmp_path) | ASKED_FOR[overlay]

    missing = {(name, key) for name, key in used_secrets(objects(overlay)) if key not in made.get(name, ())}

    assert missing == set()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nobody_is_asked_for_a_secret_that_is_not_used_and_each_is_asked_for_in_the_handbook(overlay: str) -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("## On Kubernetes")[1]
    asked = {(name, key) for name, keys in ASKED_FOR[overlay].items() for key in keys}

    used = set(used_secrets(objects(overlay)))

    assert asked <= used
    assert [word for pair in asked for word in pair if f"`{word}`" not in handbook] == []
