"""The manifests: what each overlay renders obeys the rules that a cluster, or a person on call, would miss."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
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
from shared.kernel.loops import Role

ROOT = Path(__file__).parents[3]
OVERLAYS = ["pilot", "district"]
VERSIONS = ["1.35", "1.37"]
RENDERER = shutil.which("kustomize") or shutil.which("kubectl")
# Made by operators and authorities in the cluster, with these keys: Strimzi, cert-manager, the stores of backups, the
# accounts at the provider of SMS, at the object store and at those that ring somebody up. All others are ours.
MADE_ELSEWHERE = {
    "yima-kafka-cluster-ca-cert": {"ca.crt"},
    **{f"yima-{user}": {"password"} for user in ("intake", "routing", "notify", "reporting", "migrate", "ops", "keda")},
    "yima-tls": {"tls.crt", "tls.key"},
    "yima-backups": {"ACCESS_KEY_ID", "ACCESS_SECRET_KEY"},
    "yima-sms": {"account-sid", "auth-token"},
    "yima-photos": {"access-key-id", "secret-access-key"},
    "yima-alerts": {"webhook-url", "mail-password"},
}
# Operators' own kinds: no schema of theirs is checked here. By hand they were, strictly, against the definitions of
# CloudNativePG 1.30, Strimzi 1.2, KEDA and the Prometheus operator of August 2026.
UNCHECKED = {
    "Kafka", "KafkaNodePool", "KafkaUser", "Cluster", "ScheduledBackup", "ScaledObject", "TriggerAuthentication",
    "ServiceMonitor", "PodMonitor", "PrometheusRule", "AlertmanagerConfig",
}  # fmt: skip

KEEP_PHOTOS = {"intake", "routing"}

pytestmark = pytest.mark.skipif(
    RENDERER is None and "CI" not in os.environ, reason="neither kustomize nor kubectl is installed"
)


@cache
def rendered(overlay: str) -> str:
    assert RENDERER is not None, "install kustomize or kubectl"
    command = [RENDERER, "kustomize"] if Path(RENDERER).name == "kubectl" else [RENDERER, "build"]
    done = subprocess.run(
        [*command, f"deploy/k8s/overlays/{overlay}"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


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


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_overlay_is_valid_by_the_strict_schemas_of_a_version(overlay: str, version: str, tmp_path: Path) -> None:
    (tmp_path / "rendered.yaml").write_text(rendered(overlay))
    command = [str(Path(sys.executable).parent / "kubernetes-validate"), "--strict", "-k", version, "rendered.yaml"]

    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)

    told = checked.stdout + checked.stderr
    unknown = set(re.findall(r"find schema for kind (\w+)", told))
    assert checked.returncode == 0, told
    assert unknown <= UNCHECKED
    assert told.count("WARN") == told.count("find schema for kind")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_kind_of_an_operator_is_listed_as_unchecked(overlay: str) -> None:
    built_in = re.compile(r"^(v1|[a-z]+/v\d+|[a-z.]+\.k8s\.io/v\d+)$")

    foreign = {each["kind"] for each in objects(overlay) if not built_in.match(each["apiVersion"])}

    assert foreign <= UNCHECKED
    assert (foreign == UNCHECKED) == (overlay == "district")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_there_is_a_deployment_for_each_service_and_role(overlay: str) -> None:
    wanted = {f"{service.NAME}-{role}" for service in (intake, routing, notify, reporting) for role in Role}

    assert {named(each) for each in of_kind(overlay, "Deployment")} == wanted - {"reporting-relay"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_command_exists_and_is_what_its_name_says(overlay: str) -> None:
    commands: Any = typer.main.get_command(app)

    for workload, container in containers(overlay):
        words = container["args"]
        made = commands.commands[words[0]].make_context(words[0], words[1:])
        if workload != "migrate":
            assert workload == f"{made.params['service'].value}-{made.params['role'][0].value}"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_image_has_a_fixed_version(overlay: str) -> None:
    images = {container["image"] for _, container in containers(overlay)}
    images |= {each["spec"]["imageName"] for each in of_kind(overlay, "Cluster")}

    assert [image for image in images if not re.search(r"/[\w-]+:\d+\.\d+", image)] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_is_one_that_is_read_and_no_needed_one_is_missing(overlay: str) -> None:
    needed = {"YIMA_DATABASE_URL", "YIMA_KAFKA_BOOTSTRAP", "YIMA_PUBLIC_URL", "YIMA_SECRETS_FILE"}

    for workload, container in containers(overlay):
        settings = settings_of(overlay, container)
        assert settings - known_settings() == set()
        assert needed - settings == set()
        assert ("YIMA_NOTIFY_PROVIDER" in settings) == workload.startswith("notify-")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_runs_as_root_or_writes_to_its_image(overlay: str) -> None:
    for workload in of_kind(overlay, "Deployment", "Job"):
        pod = pod_of(workload)["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
    for _, container in containers(overlay):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    [namespace] = of_kind(overlay, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_asks_for_what_it_needs_and_has_limits(overlay: str) -> None:
    for _, container in containers(overlay):
        assert container["resources"]["requests"].keys() == container["resources"]["limits"].keys() == {"cpu", "memory"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_cluster_sets_no_names_that_would_be_refused_as_settings(overlay: str) -> None:
    assert [
        named(each) for each in of_kind(overlay, "Deployment", "Job") if pod_of(each)["spec"]["enableServiceLinks"]
    ] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_liveness_is_the_heartbeat_and_readiness_the_work(overlay: str) -> None:
    for workload, container in containers(overlay):
        if workload != "migrate":
            paths = {
                kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")
            }
            assert paths == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
            started_s = container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"]
            # A service gives up by itself after its wait, so that its last line says what is missing.
            assert started_s > 300


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_secret_key_that_is_used_is_made_by_somebody(overlay: str, tmp_path: Path) -> None:
    made = {**MADE_ELSEWHERE, **own_secrets(tmp_path)}

    missing = {(name, key) for name, key in used_secrets(objects(overlay)) if key not in made.get(name, ())}

    assert missing == set()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_mount_has_its_volume_and_every_file_setting_its_mount(overlay: str) -> None:
    for workload in of_kind(overlay, "Deployment", "Job"):
        pod = pod_of(workload)["spec"]
        volumes = {each["name"] for each in pod["volumes"]}
        for container in pod["containers"]:
            mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
            files = [each["value"] for each in container["env"] if each["name"].endswith("_FILE")]
            assert mounts.keys() == volumes
            assert [file for file in files if str(Path(file).parent) not in mounts.values()] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_meets_pods_and_every_way_in_meets_a_service(overlay: str) -> None:
    pods = [pod_of(each) for each in of_kind(overlay, "Deployment")]
    services = {named(each): each["spec"] for each in of_kind(overlay, "Service")}
    [ingress] = of_kind(overlay, "Ingress")

    for service in services.values():
        met = [pod for pod in pods if service["selector"].items() <= pod["metadata"]["labels"].items()]
        ports = {port["name"] for pod in met for each in pod["spec"]["containers"] for port in each["ports"]}
        assert met
        assert {port["targetPort"] for port in service["ports"]} <= ports
    paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    for path in paths:
        backend = path["backend"]["service"]
        assert backend["port"]["name"] in {port["name"] for port in services[backend["name"]]["ports"]}
    sent = {path["path"]: path["backend"]["service"]["name"] for path in paths}
    wanted = {prefix: each.NAME for each in (intake, routing, notify, reporting) for prefix in each.PREFIXES}
    assert wanted.items() <= sent.items()
    assert not {"/metrics", "/readyz", "/healthz"} & sent.keys()
    # A path that begins with all would show what operators read.
    assert {path["path"] for path in paths if path["pathType"] == "Exact"} == {"/", "/docs"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_workload_has_a_budget_and_every_service_a_policy(overlay: str) -> None:
    deployments = {named(each) for each in of_kind(overlay, "Deployment")}
    policies = {named(each): each["spec"] for each in of_kind(overlay, "NetworkPolicy")}

    assert {named(each) for each in of_kind(overlay, "PodDisruptionBudget")} == deployments
    assert policies["deny-all"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {"intake", "routing", "notify", "reporting", "migrate", "postgres", "kafka"} <= policies.keys()
    for service in ("intake", "routing", "notify", "reporting"):
        # Services meet in Kafka: none has a way to another.
        assert "app.kubernetes.io/component" not in str(policies[service])
        assert policies[service]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": service}}


def test_what_scales_names_a_deployment_that_does_not_count_itself() -> None:
    deployments = {named(each): each for each in of_kind("district", "Deployment")}
    scalers = list(of_kind("district", "HorizontalPodAutoscaler", "ScaledObject"))

    targets = [each["spec"]["scaleTargetRef"]["name"] for each in scalers]

    assert sorted(targets) == sorted(name for name in deployments if not name.endswith("-relay"))
    assert [name for name in targets if "replicas" in deployments[name]["spec"]] == []
    assert {deployments[name]["spec"]["replicas"] for name in deployments if name.endswith("-relay")} == {2}
    [settings] = [each["data"] for each in of_kind("district", "ConfigMap") if named(each).startswith("yima-settings")]
    for each in of_kind("district", "ScaledObject"):
        assert each["spec"]["maxReplicaCount"] <= int(settings["YIMA_KAFKA_PARTITIONS"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_all_pods_at_the_most_that_scaling_allows_find_connections_to_the_database(overlay: str) -> None:
    [settings] = [each["data"] for each in of_kind(overlay, "ConfigMap") if named(each).startswith("yima-settings")]
    [database] = of_kind(overlay, "Cluster")
    most = {named(each): each["spec"].get("replicas", 1) for each in of_kind(overlay, "Deployment")}
    scalers = of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    scaled = {each["spec"]["scaleTargetRef"]["name"]: each["spec"] for each in scalers}
    most |= {name: spec.get("maxReplicas") or spec["maxReplicaCount"] for name, spec in scaled.items()}

    # While one is replaced there is one more; a relay holds its lock by a connection of its own.
    pods = sum(count + 1 for count in most.values())
    relays = sum(count + 1 for name, count in most.items() if name.endswith("-relay"))
    wanted = pods * int(settings["YIMA_DATABASE_CONNECTIONS_MAX"]) + relays

    dashboards_and_operators = 40
    assert wanted + dashboards_and_operators <= int(database["spec"]["postgresql"]["parameters"]["max_connections"])


def test_consumers_are_scaled_by_the_topics_that_they_read() -> None:
    for service in (intake, routing, notify, reporting):
        [scaled] = [each for each in of_kind("district", "ScaledObject") if named(each) == f"{service.NAME}-consumers"]
        triggers = [each["metadata"] for each in scaled["spec"]["triggers"]]
        read = {topic.name for topic in reactions_of(service).topics}
        assert {each["consumerGroup"] for each in triggers} == {service.NAME}
        assert {each["topic"] for each in triggers} <= read
        assert any(each["topic"].endswith(".v1") for each in triggers)


def reactions_of(service: Any) -> Any:
    return getattr(service, "reactions", None) or service.REACTIONS


@pytest.mark.parametrize("service", [intake, routing, notify, reporting], ids=lambda service: service.NAME)
def test_accounts_at_kafka_may_write_what_a_service_publishes_and_no_more(service: Any) -> None:
    [user] = [each for each in of_kind("district", "KafkaUser") if named(each) == f"yima-{service.NAME}"]
    acls = user["spec"]["authorization"]["acls"]

    written = {acl["resource"]["name"] for acl in acls if "Write" in acl["operations"]}
    groups = {acl["resource"]["name"] for acl in acls if acl["resource"]["type"] == "group"}

    assert written == {topic.name for topic in service.PUBLISHES}
    assert groups == {service.NAME}


def test_three_brokers_and_instances_keep_what_was_answered() -> None:
    [kafka] = of_kind("district", "Kafka")
    [pool] = of_kind("district", "KafkaNodePool")
    [database] = of_kind("district", "Cluster")
    config = kafka["spec"]["kafka"]["config"]

    assert (pool["spec"]["replicas"], config["default.replication.factor"], config["min.insync.replicas"]) == (3, 3, 2)
    assert (database["spec"]["instances"], database["spec"]["minSyncReplicas"]) == (3, 1)
    assert list(of_kind("district", "ScheduledBackup"))
    roles = {role["name"] for role in database["spec"]["managed"]["roles"]}
    assert {f"yima_{service.NAME}" for service in (intake, routing, notify, reporting)} <= roles


def test_photos_of_a_district_lie_in_a_bucket_that_only_those_who_keep_them_reach() -> None:
    bucket = {"YIMA_PHOTOS_URL", "YIMA_PHOTOS_ACCESS_KEY_ID_FILE", "YIMA_PHOTOS_SECRET_ACCESS_KEY_FILE"}
    policies = {
        named(each): each["spec"]["egress"]
        for each in of_kind("district", "NetworkPolicy")
        if named(each) in KEEP_PHOTOS
    }

    told = {workload for workload, container in containers("district") if bucket <= settings_of("district", container)}

    assert told == {f"{service}-{role}" for service in KEEP_PHOTOS for role in Role}
    assert not [each for workload, each in containers("district") if workload not in told and "PHOTOS" in str(each)]
    assert all({"port": 443} in [port for rule in rules for port in rule["ports"]] for rules in policies.values())
    assert policies.keys() == KEEP_PHOTOS
    assert list(of_kind("district", "PersistentVolumeClaim")) == []


def test_photos_of_a_pilot_lie_on_a_volume_that_all_who_keep_them_share() -> None:
    [volume] = of_kind("pilot", "PersistentVolumeClaim")
    keeping = [
        pod_of(each)["spec"] for each in of_kind("pilot", "Deployment") if named(each).split("-")[0] in KEEP_PHOTOS
    ]

    claims = {
        each["persistentVolumeClaim"]["claimName"]
        for pod in keeping
        for each in pod["volumes"]
        if each["name"] == "files"
    }

    assert claims == {named(volume)}
    assert "PHOTOS" not in rendered("pilot")


def test_rules_and_dashboards_are_those_that_compose_mounts() -> None:
    checked = subprocess.run(
        [sys.executable, "deploy/k8s/monitoring.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, "")
