"""The manifests: what each overlay renders obeys the rules that a cluster, or a person on call, would miss."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML

from services.cli import app
from services.cli.settings import known_settings
from services.intake import app as intake
from services.intake.config import Config as IntakeConfig
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing
from services.routing.config import Config as RoutingConfig
from shared.kernel.loops import Role
from tests.unit.deploy.manifests import (
    OVERLAYS,
    ROOT,
    built,
    containers,
    named,
    needs_renderer,
    objects,
    of_kind,
    pod_of,
    rendered,
    settings_of,
)

VERSIONS = ["1.35", "1.37"]
# Operators' own kinds: no schema of theirs is checked here.
UNCHECKED = {
    "Kafka", "KafkaNodePool", "KafkaUser", "Cluster", "ScheduledBackup", "ScaledObject", "TriggerAuthentication",
    "ServiceMonitor", "PodMonitor", "PrometheusRule", "AlertmanagerConfig",
}  # fmt: skip

KEEP_PHOTOS = {"intake", "routing"}

pytestmark = needs_renderer


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


def security(overlay: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each container that we say something of, with what its pod and it are told of security."""
    workloads = [*of_kind(overlay, "Deployment", "Job")]
    workloads += [{**each, "spec": each["spec"]["jobTemplate"]["spec"]} for each in of_kind(overlay, "CronJob")]
    for workload in workloads:
        pod = pod_of(workload)["spec"]
        yield from ((named(workload), pod["securityContext"], each["securityContext"]) for each in pod["containers"])
    for pool in of_kind(overlay, "KafkaNodePool"):
        template = pool["spec"]["template"]
        yield named(pool), template["pod"]["securityContext"], template["kafkaContainer"]["securityContext"]
    for kafka in of_kind(overlay, "Kafka"):
        operator = kafka["spec"]["entityOperator"]
        for part in operator.keys() - {"template"}:
            pod, container = operator["template"]["pod"], operator["template"][f"{part}Container"]
            yield part, pod["securityContext"], container["securityContext"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_one_that_its_namespace_lets_in(overlay: str) -> None:
    [namespace] = of_kind(overlay, "Namespace")

    unlike = {
        name
        for name, pod, container in security(overlay)
        if not (
            pod["runAsNonRoot"] is True
            and pod["seccompProfile"] == {"type": "RuntimeDefault"}
            and container["allowPrivilegeEscalation"] is False
            and container["capabilities"] == {"drop": ["ALL"]}
            and (pod | container).get("runAsUser") != 0
        )
    }

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {"migrate", "ops", "brokers", "userOperator"} < {name for name, _, _ in security(overlay)}
    assert unlike == set()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_whatever_is_applied_goes_to_one_namespace(overlay: str) -> None:
    [namespace] = of_kind(overlay, "Namespace")

    elsewhere = [
        (each["kind"], named(each))
        for each in objects(overlay)
        if each is not namespace and each["metadata"].get("namespace") != named(namespace)
    ]

    assert named(namespace) == "yima"
    assert elsewhere == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_longest_forms_with_photos_fit_into_the_pods_that_take_them(overlay: str) -> None:
    longest: dict[str, type[BaseSettings]] = {"intake-web": IntakeConfig, "routing-web": RoutingConfig}
    volumes = {named(each): pod_of(each)["spec"]["volumes"] for each in of_kind(overlay, "Deployment")}

    for workload, config in longest.items():
        [room] = [each["emptyDir"]["sizeLimit"] for each in volumes[workload] if each["name"] == "tmp"]
        bytes_max = config.model_fields["body_megabytes_max"].default * 1024 * 1024
        # A pod that holds more is evicted, with all who wait for it.
        assert int(room.removesuffix("Gi")) * 1024**3 >= 16 * bytes_max


@pytest.mark.long
def test_spans_leave_the_cluster_where_an_overlay_takes_their_component(tmp_path: Path) -> None:
    up = Path(os.path.relpath(ROOT / "deploy" / "k8s", tmp_path))
    (tmp_path / "kustomization.yaml").write_text(
        f"resources: [{up}/overlays/pilot]\ncomponents: [{up}/components/tracing]\n", encoding="utf-8"
    )

    traced = list(YAML(typ="safe").load_all(built(tmp_path)))

    for workload in (each for each in traced if each["kind"] == "Deployment"):
        [container] = pod_of(workload)["spec"]["containers"]
        told = {each["name"]: each.get("value") for each in container["env"]}
        assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector.tracing.svc:4318"
        assert "YIMA_DATABASE_URL" in told
    [way] = [each["spec"] for each in traced if each["kind"] == "NetworkPolicy" and named(each) == "traces"]
    [reached] = way["egress"]
    assert way["podSelector"]["matchExpressions"][0]["values"] == ["intake", "routing", "notify", "reporting"]
    assert reached["to"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "tracing"}}}]
    assert reached["ports"] == [{"port": 4318}]
    assert "OTEL_" not in rendered("pilot") + rendered("district")


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
    assert {path["path"] for path in paths if path["pathType"] == "Exact"} == {"/", "/docs", "/openapi.json"}


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
