"""The proxy of the composed district as nginx itself runs it, before services that say what reached them."""

import http.client
import json
import os
import re
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from shared.embedded.processes import free_port
from shared.testing.certificates import Vouched

ROOT = Path(__file__).parents[3]
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CONFIGURED = (ROOT / "deploy" / "compose" / "nginx.conf").read_text(encoding="utf-8")
ADDRESSES = {"intake": "127.0.1.1", "routing": "127.0.1.2", "notify": "127.0.1.3", "reporting": "127.0.1.4"}
ELSEWHERE = "127.0.1.5"
# From here the proxy with TLS comes, and from there somebody else.
BELIEVED, STRANGER = "127.0.0.1", "127.0.0.9"
RESIDENT = "203.0.113.7"
UNREAD = "/api/v1/cases/1/unread"
WITHIN_S = 20.0
MEGABYTE = 1024 * 1024

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(NGINX is None and "CI" not in os.environ, reason="nginx is not installed (Debian: nginx-light)"),
]


class Names(socketserver.ThreadingUDPServer):
    """Tells where a name is, as Docker's own resolver does."""

    def __init__(self) -> None:
        super().__init__((BELIEVED, 0), _Asked)
        self.addresses = dict(ADDRESSES)
        self.port = int(self.server_address[1])


class _Asked(socketserver.BaseRequestHandler):
    server: Names

    def handle(self) -> None:
        query, answering = self.request
        name = query[13 : 13 + query[12]].decode()
        counts = b"\x00\x01\x00\x01\x00\x00\x00\x00"
        answer = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04" + socket.inet_aton(self.server.addresses[name])
        # The name, its closing zero, type and class.
        question = query[12 : 12 + 1 + len(name) + 1 + 4]
        answering.sendto(query[:2] + b"\x81\x80" + counts + question + answer, self.client_address)


@dataclass
class Services:
    """Reads what it is sent and says what came, except where it answers before."""

    begun: Queue[str] = field(default_factory=Queue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length, more = 0, scope["path"] != UNREAD
        while more:
            message = await receive()
            if not length and message.get("body"):
                self.begun.put(scope["query_string"].decode())
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        told = {"at": scope["server"][0], "path": scope["raw_path"].decode(), "length": length, "headers": headers}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    def hears_of(self, query: str) -> bool:
        """Whether the first bytes of such a request come, before it is whole."""
        try:
            while self.begun.get(timeout=WITHIN_S) != query:
                continue
        except Empty:
            return False
        return True


@dataclass(frozen=True)
class Proxy:
    port: int
    names: Names
    services: Services
    context: ssl.SSLContext | None = None

    def ask(self, path: str, *, source: str = BELIEVED, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        """The status, and what the service says that reached it, or the proxy's own words."""
        with closing(self.connection(source)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("POST" if body else "GET", path, body=body or None, headers=named)
            return answer_of(connection)

    def connection(self, source: str = BELIEVED) -> http.client.HTTPConnection:
        if self.context is not None:
            return http.client.HTTPSConnection(
                BELIEVED, self.port, timeout=WITHIN_S, source_address=(source, 0), context=self.context
            )
        return http.client.HTTPConnection(BELIEVED, self.port, timeout=WITHIN_S, source_address=(source, 0))

    def half_sent(self, path: str, megabytes: int) -> http.client.HTTPConnection:
        """A request whose body is half on its way."""
        connection = self.connection()
        connection.putrequest("POST", path)
        connection.putheader("content-length", str(megabytes * MEGABYTE))
        connection.endheaders()
        connection.send(bytes(megabytes * MEGABYTE // 2))
        return connection


def answer_of(connection: http.client.HTTPConnection) -> tuple[int, Any]:
    response = connection.getresponse()
    content = response.read()
    is_told = response.headers["content-type"] == "application/json"
    return response.status, json.loads(content) if is_told else content.decode()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    place = tmp_path_factory.mktemp("proxy")
    with ExitStack() as stack:
        names, services = stack.enter_context(Names()), Services()
        threading.Thread(target=names.serve_forever, daemon=True).start()
        stack.callback(names.shutdown)
        service_port = _serve(stack, services)
        port = free_port()
        said = {
            "listen 8080": f"listen {port}",
            "127.0.0.11 valid=10s": f"{BELIEVED}:{names.port} valid=1s",
            "172.31.57.1": BELIEVED,
            ":8000": f":{service_port}",
            "/tmp/": f"{place}/",  # noqa: S108 - what is replaced.
        }
        _start(stack, place, port, _as_here(CONFIGURED, said))
        yield Proxy(port, names, services)


@pytest.fixture(scope="module")
def outer(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy with TLS that the manual has before it."""
    place = tmp_path_factory.mktemp("outer")
    vouched, port = Vouched.in_folder(place), free_port()
    shown = f"ssl_certificate {vouched.certificate}; ssl_certificate_key {vouched.key};"
    said = {
        "listen 443 ssl;": f"listen {port} ssl; {shown}",
        "127.0.0.1:8080": f"{BELIEVED}:{proxy.port}",
    }
    [server] = re.findall(r"```nginx\n(.*?)```", MANUAL, flags=re.DOTALL)
    apart = "".join(
        f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    with ExitStack() as stack:
        whole = f"pid {place}/pid; events {{}} http {{ {apart} {_as_here(server, said)} }}"
        _start(stack, place, port, whole)
        yield replace(proxy, port=port, context=ssl.create_default_context(cafile=vouched.authority))


def _as_here(configured: str, said: Mapping[str, str]) -> str:
    """With what is elsewhere, or another, in a test."""
    for ours, here in said.items():
        assert ours in configured
        configured = configured.replace(ours, here)
    return configured


def _start(stack: ExitStack, place: Path, port: int, configured: str) -> None:
    assert NGINX is not None, "install nginx (Debian: nginx-light)"
    (place / "nginx.conf").write_text(configured, encoding="utf-8")
    running = subprocess.Popen(
        [NGINX, "-e", "stderr", "-p", str(place), "-c", str(place / "nginx.conf"), "-g", "daemon off;"],
        stdout=stack.enter_context((place / "out").open("wb")), stderr=subprocess.STDOUT,
    )  # fmt: skip
    stack.callback(running.wait, WITHIN_S)
    stack.callback(running.terminate)
    _until_it_listens(running, port, place / "out")


def _serve(stack: ExitStack, services: Services) -> int:
    """The same at the address of each service and at one more; the port is that of all."""
    port = free_port()
    listening = [stack.enter_context(socket.socket()) for _ in (*ADDRESSES, ELSEWHERE)]
    for each, address in zip(listening, (*ADDRESSES.values(), ELSEWHERE), strict=True):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind((address, port))
        each.listen()
    server = uvicorn.Server(uvicorn.Config(services, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=(listening,))
    thread.start()
    stack.callback(thread.join, WITHIN_S)
    stack.callback(setattr, server, "should_exit", True)
    return port


def _until_it_listens(running: subprocess.Popen[bytes], port: int, out: Path) -> None:
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        assert running.poll() is None, out.read_text()
        with socket.socket() as trial:
            if trial.connect_ex((BELIEVED, port)) == 0:
                return
    pytest.fail(out.read_text())


def test_resident_behind_a_proxy_with_tls_is_told_to_the_service_as_who_they_are(proxy: Proxy) -> None:
    status, told = proxy.ask("/r/HXCD22?from=1", X_Forwarded_For=RESIDENT, X_Forwarded_Proto="https", Host="ma.example")

    assert (status, told["at"], told["path"]) == (200, ADDRESSES["intake"], "/r/HXCD22")
    assert told["headers"]["x-forwarded-for"] == RESIDENT
    assert told["headers"]["x-forwarded-proto"] == "https"
    assert told["headers"]["host"] == "ma.example"


def test_proxy_with_tls_as_the_manual_has_it_says_who_asks_and_how(outer: Proxy) -> None:
    status, told = outer.ask("/r/HXCD22", source=STRANGER, X_Forwarded_For=RESIDENT, Host="ma.example")

    assert (status, told["at"]) == (200, ADDRESSES["intake"])
    assert told["headers"]["x-forwarded-for"] == STRANGER
    assert told["headers"]["x-forwarded-proto"] == "https"
    assert told["headers"]["host"] == "ma.example"


def test_what_a_resident_says_of_themselves_to_that_proxy_counts_for_nothing(proxy: Proxy) -> None:
    _, told = proxy.ask("/r/HXCD22", X_Forwarded_For=f"198.51.100.1, {BELIEVED}, {RESIDENT}, {BELIEVED}")

    assert told["headers"]["x-forwarded-for"] == RESIDENT


def test_whoever_comes_past_that_proxy_is_not_believed(proxy: Proxy) -> None:
    _, told = proxy.ask("/r/HXCD22", source=STRANGER, X_Forwarded_For=RESIDENT, X_Forwarded_Proto="https")

    assert told["headers"]["x-forwarded-for"] == STRANGER
    assert told["headers"]["x-forwarded-proto"] == "http"


@pytest.mark.parametrize("path", ["/r/HXCD22", "/api/v1/cases/1/resolve"])
def test_what_is_sent_reaches_the_service_while_it_is_still_on_its_way(proxy: Proxy, path: str) -> None:
    with closing(proxy.half_sent(f"{path}?{path}", 4)) as connection:
        reached = proxy.services.hears_of(path)
        connection.send(bytes(2 * MEGABYTE))
        status, told = answer_of(connection)

    assert reached
    assert (status, told["length"]) == (200, 4 * MEGABYTE)


@pytest.mark.parametrize(("path", "megabytes"), [("/r/HXCD22", 34), ("/desk/sign-in", 2), ("/t/one/rating", 2)])
def test_what_is_longer_than_a_service_takes_stops_here_and_is_told_so(proxy: Proxy, path: str, megabytes: int) -> None:
    with closing(proxy.connection()) as connection:
        connection.putrequest("POST", path)
        connection.putheader("content-length", str(megabytes * MEGABYTE))
        connection.endheaders()
        status, words = answer_of(connection)

    assert status == 413
    assert "照片加起来太大" in words


def test_answer_of_a_service_that_does_not_read_what_is_too_long_reaches_who_sent_it(proxy: Proxy) -> None:
    status, told = proxy.ask(UNREAD, body=bytes(100 * MEGABYTE))

    assert (status, told["length"]) == (200, 0)


def test_one_address_sends_so_many_photos_at_once_and_no_more(proxy: Proxy) -> None:
    with ExitStack() as stack:
        for number in range(7):
            stack.enter_context(closing(proxy.half_sent(f"/r/HXCD22?at-once-{number}", 4)))
            assert proxy.services.hears_of(f"at-once-{number}")

        refused, words = proxy.ask("/r/HXCD22", body=bytes(4 * MEGABYTE))
        short, _ = proxy.ask("/r/HXCD22", body=b"text=Water")
        neighbour, _ = proxy.ask("/r/HXCD22", body=bytes(4 * MEGABYTE), X_Forwarded_For=RESIDENT)

    assert (refused, short, neighbour) == (429, 200, 200)
    assert "照片太多" in words


def test_service_that_was_made_anew_elsewhere_is_found_again(proxy: Proxy) -> None:
    paths = ("/desk/live", "/desk", "/api/v1/cases/1")
    before = [proxy.ask(path)[1]["at"] for path in paths]
    proxy.names.addresses["routing"] = ELSEWHERE

    until = time.monotonic() + WITHIN_S
    while set(found := [proxy.ask(path)[1]["at"] for path in paths]) != {ELSEWHERE} and time.monotonic() < until:
        continue

    assert before == [ADDRESSES["routing"]] * 3
    assert found == [ELSEWHERE] * 3


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_what_operators_read_is_not_for_the_world(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path)[0] == 404
