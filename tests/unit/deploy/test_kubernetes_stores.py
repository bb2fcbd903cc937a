"""Kafka and PostgreSQL on Kubernetes: what was answered is kept, by pods that the namespace lets in."""

from typing import Any

import pytest

from services.intake import app as intake
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing
from tests.unit.deploy.manifests import OVERLAYS, named, needs_renderer, of_kind

pytestmark = needs_renderer


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


def test_no_two_brokers_share_a_node_and_zones_are_shared_only_where_there_are_too_few() -> None:
    [pool] = of_kind("district", "KafkaNodePool")
    apart = pool["spec"]["template"]["pod"]["affinity"]["podAntiAffinity"]

    [node] = apart["requiredDuringSchedulingIgnoredDuringExecution"]
    [zone] = apart["preferredDuringSchedulingIgnoredDuringExecution"]

    # By the labels that Strimzi gives the pods of this pool.
    brokers = {**pool["metadata"]["labels"], "strimzi.io/pool-name": named(pool)}
    assert (node["topologyKey"], node["labelSelector"]["matchLabels"]) == ("kubernetes.io/hostname", brokers)
    assert zone["podAffinityTerm"]["topologyKey"] == "topology.kubernetes.io/zone"
    assert zone["podAffinityTerm"]["labelSelector"]["matchLabels"] == brokers


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_database_archives_where_there_is_a_bucket_for_it_and_is_backed_up_each_night_there(overlay: str) -> None:
    [database] = of_kind(overlay, "Cluster")
    nightly = [each["spec"]["cluster"]["name"] for each in of_kind(overlay, "ScheduledBackup")]

    # Without bucket and account nothing would be archived, and what waits for it would fill the volume.
    assert ("backup" in database["spec"]) == (overlay == "district")
    assert nightly == ([named(database)] if overlay == "district" else [])
    if overlay == "district":
        store = database["spec"]["backup"]["barmanObjectStore"]
        assert store["endpointURL"].startswith("https://")
        assert store["destinationPath"].startswith("s3://")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_links_of_dashboards_lead_where_people_open_the_pages(overlay: str) -> None:
    [settings] = [each["data"] for each in of_kind(overlay, "ConfigMap") if named(each).startswith("yima-settings")]
    [database] = of_kind(overlay, "Cluster")
    [ingress] = of_kind(overlay, "Ingress")
    [rule] = ingress["spec"]["rules"]
    url = settings["YIMA_PUBLIC_URL"]

    asked = database["spec"]["bootstrap"]["initdb"]["postInitSQL"]

    assert f"ALTER ROLE yima_grafana SET yima.pages = '{url}'" in asked
    assert url == f"https://{rule['host']}"
