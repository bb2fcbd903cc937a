"""The proxy of the composed district: one origin reaches every service, and what it says of who asks is true."""

import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from services.intake import app as intake
from services.intake.config import Config as IntakeConfig
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing
from services.routing.config import Config as RoutingConfig

ROOT = Path(__file__).parents[3]
COMPOSED: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSED["services"]
NGINX = (ROOT / "deploy" / "compose" / "nginx.conf").read_text(encoding="utf-8")
SERVER = NGINX[NGINX.index("server {") :]
PREFIXES = {service.NAME: service.PREFIXES for service in (intake, routing, notify, reporting)}


def routed(path: str) -> str:
    """To whom the proxy gives an address, as its map says."""
    for pattern, service in re.findall(r"^\s+~(\^\S+)\s+(\w+);$", NGINX, flags=re.MULTILINE):
        if re.search(pattern, path):
            return str(service)
    return "routing"


def megabytes_taken(path: str) -> int:
    """How long a body may be at an address: by the first place that it matches, or else the server's own word."""
    places = re.findall(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;", SERVER)
    [anywhere] = re.findall(r"^    client_max_body_size (\d+)m;", SERVER, flags=re.MULTILINE)
    return next((int(most) for pattern, most in places if re.search(pattern, path)), int(anywhere))


def default(config: Any, name: str) -> int:
    return int(config.model_fields[name].default)


@pytest.mark.parametrize("service", PREFIXES)
def test_proxy_reaches_every_address_of_a_service(service: str) -> None:
    addresses = [f"{prefix}{rest}" for prefix in PREFIXES[service] for rest in ("", "/one")]

    assert {address: routed(address) for address in addresses} == dict.fromkeys(addresses, service)


def test_proxy_gives_nothing_away_by_a_longer_name() -> None:
    assert routed("/report") == routed("/api/v1/ticketsandmore") == "routing"
    assert re.search(r"location ~ \^/\(metrics\|readyz\|healthz\)\$ \{ return 404; \}", NGINX)


def test_proxy_and_prometheus_have_the_addresses_that_the_services_believe() -> None:
    settings = SERVICES["intake"]["environment"]

    assert SERVICES["proxy"]["networks"]["yima"]["ipv4_address"] in settings["YIMA_TRUSTED_PROXIES"]
    assert SERVICES["prometheus"]["networks"]["yima"]["ipv4_address"] in settings["YIMA_METRICS_FROM"]
    assert SERVICES["proxy"]["networks"]["yima"]["ipv4_address"] not in settings["YIMA_METRICS_FROM"]


def test_services_are_asked_for_their_address_anew_wherever_they_are_passed_to() -> None:
    passed = re.findall(r"proxy_pass ([^;]+);", NGINX)

    # nginx asks a resolver again only for what stands in a variable.
    assert set(passed) == {"http://$service:8000"}
    assert re.search(r"^\s+resolver \S+ valid=\d+s", NGINX, flags=re.MULTILINE)


def test_proxy_believes_the_gateway_alone_by_which_the_one_with_tls_comes() -> None:
    [network] = COMPOSED["networks"]["yima"]["ipam"]["config"]
    believed = re.findall(r"geo \$realip_remote_addr \$believed \{\s+default 0;\s+(\S+) 1;\s+\}", NGINX)

    assert re.findall(r"set_real_ip_from (\S+);", NGINX) == believed == [network["gateway"]]
    # From elsewhere anybody could say that they are anybody.
    assert all(port.startswith("127.0.0.1:") for port in chain(*(each.get("ports", ()) for each in SERVICES.values())))


def test_headers_about_who_asks_hold_at_every_place() -> None:
    # A place with one header of its own would have none of the others.
    assert "proxy_set_header" not in SERVER


@pytest.mark.parametrize("path", ["/r/HXCD22", "/api/v1/tickets"])
def test_reports_with_photos_are_as_long_as_intake_takes(path: str) -> None:
    megabytes = default(IntakeConfig, "body_megabytes_max")

    assert megabytes < megabytes_taken(path) <= megabytes + 1


@pytest.mark.parametrize("path", ["/desk/cases/1/resolve", "/api/v1/cases/1/resolve"])
def test_evidence_is_as_long_as_routing_takes_or_tells_of_in_words(path: str) -> None:
    assert megabytes_taken(path) > default(RoutingConfig, "body_megabytes_max")


@pytest.mark.parametrize("path", ["/", "/t/one", "/desk/phone/one", "/desk/sign-in", "/api/v1/figures", "/sandbox"])
def test_elsewhere_nobody_sends_much(path: str) -> None:
    assert megabytes_taken(path) == 1


def test_one_address_alone_can_not_fill_where_intake_keeps_photos_while_it_reads_them() -> None:
    [at_once] = re.findall(r"limit_conn much (\d+);", SERVER)
    [place] = SERVICES["intake"]["tmpfs"]

    room = int(place.partition(":size=")[2].removesuffix("m"))

    assert int(at_once) * megabytes_taken("/r/HXCD22") < room


def test_nothing_that_is_sent_lies_in_the_memory_of_the_proxy() -> None:
    said = dict(re.findall(r"^  (proxy_\w+) (\w+);$", NGINX, flags=re.MULTILINE))

    assert said["proxy_request_buffering"] == "off"
    assert said["proxy_max_temp_file_size"] == "0"
