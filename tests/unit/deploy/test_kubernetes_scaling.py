"""Scaling on Kubernetes: who counts replicas, by what, and that no store is asked for too much."""

from typing import Any

import pytest

from services.intake import app as intake
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing
from tests.unit.deploy.manifests import OVERLAYS, named, needs_renderer, of_kind

# What KEDA's scaler of Kafka reads, and where (`keda:"name=…,order=…"` in its pkg/scalers/kafka_scaler.go, 2.20): it
# knows no other field, and one that stands in the other place is as if it were not there.
TRIGGER_FIELDS = {
    "bootstrapServers", "consumerGroup", "topic", "partitionLimitation", "lagThreshold", "activationLagThreshold",
    "offsetResetPolicy", "allowIdleConsumers", "excludePersistentLag", "scaleToZeroOnInvalidOffset",
    "limitToPartitionsWithLag", "ensureEvenDistributionOfPartitions", "fullMetadata", "version", "tls", "unsafeSsl",
    "sasl", "saslTokenProvider", "awsRegion",
}  # fmt: skip
ACCOUNT_FIELDS = {
    "tls", "ca", "cert", "key", "keyPassword", "sasl", "username", "password", "saslTokenProvider", "scopes",
    "oauthTokenEndpointUri", "oauthExtensions", "keytab", "realm", "kerberosConfig", "kerberosServiceName",
    "kerberosDisableFAST",
}  # fmt: skip

pytestmark = needs_renderer


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


def test_scaler_of_kafka_finds_each_field_where_it_looks_for_it() -> None:
    accounts = {named(each): each["spec"] for each in of_kind("district", "TriggerAuthentication")}
    triggers = [trigger for each in of_kind("district", "ScaledObject") for trigger in each["spec"]["triggers"]]

    for trigger in triggers:
        told = trigger["metadata"]
        account = accounts[trigger["authenticationRef"]["name"]]
        known = {each["parameter"] for each in (*account["secretTargetRef"], *account["configMapTargetRef"])}
        assert told.keys() <= TRIGGER_FIELDS
        assert known <= ACCOUNT_FIELDS
        assert {"bootstrapServers", "consumerGroup", "topic"} <= told.keys()
        # By SCRAM over TLS it asks for both, and knows no authority of Strimzi's by itself.
        assert (told["sasl"], told["tls"]) == ("scram_sha512", "enable")
        assert known == {"username", "password", "ca"}
        assert all(isinstance(value, str) for value in told.values())


def test_scaler_signs_in_as_the_account_that_is_there_for_it() -> None:
    [account] = of_kind("district", "TriggerAuthentication")
    [named_by] = account["spec"]["configMapTargetRef"]
    [told] = [each for each in of_kind("district", "ConfigMap") if named(each) == named_by["name"]]
    [password] = [each for each in account["spec"]["secretTargetRef"] if each["parameter"] == "password"]

    username = told["data"][named_by["key"]]

    # Strimzi names the Secret of a password by its account.
    assert password["name"] == username
    assert username in {named(each) for each in of_kind("district", "KafkaUser")}
