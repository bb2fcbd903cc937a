"""Commands by hand on Kubernetes: a template that nothing starts, with the owner's account and a pod's usual limits."""

from pathlib import Path
from typing import Any

import pytest

from services.cli.settings import known_settings
from shared.kernel.filling import filling_topic
from tests.unit.deploy.manifests import OVERLAYS, named, needs_renderer, objects, of_kind, pod_of, settings_of
from tests.unit.deploy.test_kubernetes_secrets import ASKED_FOR, own_secrets, strimzi_secrets, used_secrets

pytestmark = needs_renderer


def template(overlay: str) -> dict[str, Any]:
    [cron] = of_kind(overlay, "CronJob")
    assert cron["spec"]["suspend"] is True
    return dict(cron["spec"]["jobTemplate"])


def container(overlay: str) -> dict[str, Any]:
    [only] = pod_of(template(overlay))["spec"]["containers"]
    return dict(only)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_is_the_owner_s_pod_with_the_overlay_s_image_and_settings(overlay: str) -> None:
    [migration] = [each for each in of_kind(overlay, "Job") if named(each) == "migrate"]
    [migrating] = pod_of(migration)["spec"]["containers"]
    settings = settings_of(overlay, container(overlay))
    told = {each["name"]: each["value"] for each in container(overlay)["env"]}

    assert container(overlay)["image"] == migrating["image"]
    assert settings - known_settings() == set()
    assert settings_of(overlay, migrating) <= settings
    assert {each["name"]: each["value"] for each in migrating["env"]}.items() - told.items() == {
        ("YIMA_KAFKA_USERNAME", "yima-migrate")
    }
    assert told["YIMA_KAFKA_USERNAME"] == "yima-ops"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_is_bounded_as_every_other_pod(overlay: str) -> None:
    [migration] = [each for each in of_kind(overlay, "Job") if named(each) == "migrate"]
    as_every_other = pod_of(migration)["spec"]
    pod = pod_of(template(overlay))["spec"]

    for part in ("securityContext", "automountServiceAccountToken", "enableServiceLinks", "serviceAccountName"):
        assert pod[part] == as_every_other[part]
    assert container(overlay)["securityContext"] == as_every_other["containers"][0]["securityContext"]
    assert container(overlay)["resources"]["limits"].keys() == {"cpu", "memory"}
    # Forgotten, it ends by itself.
    assert int(container(overlay)["command"][1]) <= 4 * 3600
    assert template(overlay)["spec"]["ttlSecondsAfterFinished"] <= 60


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_its_secrets_and_files_are_there(overlay: str, tmp_path: Path) -> None:
    made = strimzi_secrets(overlay) | own_secrets(tmp_path) | ASKED_FOR[overlay]
    pod = pod_of(template(overlay))["spec"]
    mounts = {each["name"]: each["mountPath"] for each in container(overlay)["volumeMounts"]}
    files = [each["value"] for each in container(overlay)["env"] if each["name"].endswith("_FILE")]
    claims = {each["persistentVolumeClaim"]["claimName"] for each in pod["volumes"] if "persistentVolumeClaim" in each}

    assert [(name, key) for name, key in used_secrets(pod) if key not in made.get(name, ())] == []
    assert mounts.keys() == {each["name"] for each in pod["volumes"]}
    assert [file for file in files if str(Path(file).parent) not in mounts.values()] == []
    assert claims == {named(each) for each in of_kind(overlay, "PersistentVolumeClaim")}


def test_whoever_erases_somebody_finds_the_photos_where_the_services_keep_them() -> None:
    [keeper] = [each for each in of_kind("district", "Deployment") if named(each) == "intake-web"]
    kept = {each["name"]: each.get("value") for each in pod_of(keeper)["spec"]["containers"][0]["env"]}
    told = {each["name"]: each["value"] for each in container("district")["env"]}

    assert {name: value for name, value in kept.items() if "PHOTOS" in name}.items() <= told.items()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_reaches_the_stores_and_every_service_that_is_asked_how_it_is(overlay: str) -> None:
    policies = {named(each): each["spec"] for each in of_kind(overlay, "NetworkPolicy")}
    labels = pod_of(template(overlay))["metadata"]["labels"]
    ports = [port["port"] for rule in policies["ops"]["egress"] for port in rule["ports"]]
    [let_in] = policies["asked-by-ops"]["ingress"]
    [asked] = policies["asked-by-ops"]["podSelector"]["matchLabels"].items()
    web = [each for each in of_kind(overlay, "Deployment") if asked in pod_of(each)["metadata"]["labels"].items()]

    assert policies["ops"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert {5432, 9093, 8000} <= set(ports)
    assert [each["podSelector"]["matchLabels"].items() <= labels.items() for each in let_in["from"]] == [True]
    assert {named(each) for each in web} == {f"{name}-web" for name in ("intake", "routing", "notify", "reporting")}


def test_its_account_at_kafka_fills_a_new_consumer_s_topic_and_writes_no_other() -> None:
    [user] = [each for each in objects("district") if each["kind"] == "KafkaUser" and named(each) == "yima-ops"]
    acls = user["spec"]["authorization"]["acls"]

    written = [acl["resource"] for acl in acls if "Write" in acl["operations"]]
    created = [acl["resource"]["name"] for acl in acls if "Create" in acl["operations"]]

    assert written == [{"type": "topic", "name": "yima.fill.", "patternType": "prefix"}]
    assert filling_topic("reporting").name.startswith("yima.fill.")
    assert created == ["yima."]
