"""The monitoring's pages, over HTTP as Prometheus and a load balancer ask for them."""

from __future__ import annotations

import errno
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from bot.adapters.monitoring import MonitoringServer
from bot.adapters.prometheus import PrometheusMeter
from bot.errors import OperatorError, StoreError

PATIENCE_S = 30


def find_no_fault() -> str:
    return ""


@contextmanager
def serve(find_fault: Callable[[], str] = find_no_fault) -> Iterator[MonitoringServer]:
    with MonitoringServer(PrometheusMeter(dict).registry, find_fault) as server:
        yield server


def ask(server: MonitoringServer, path: str, method: str = "GET") -> tuple[int, str, str]:
    """The status, the content type and the body."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)) as connection:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read().decode()


def test_metrics_are_prometheus_text() -> None:
    with serve() as server:
        status, content_type, text = ask(server, "/metrics")
    assert status == 200
    assert content_type.startswith("text/plain; version=0.0.4")
    assert 'vpccidr_runs{state="scanning"} 0.0' in text.splitlines()
    assert "# TYPE vpccidr_commands_total counter" in text.splitlines()


def test_a_fault_of_ours_is_an_error_and_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def read() -> dict[str, int]:
        raise ZeroDivisionError

    with MonitoringServer(PrometheusMeter(read).registry, find_no_fault) as server:
        assert ask(server, "/metrics")[0] == 500
        assert ask(server, "/healthz")[0] == 200
    assert "ZeroDivisionError" in caplog.text


def test_health() -> None:
    with serve() as server:
        assert ask(server, "/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
        assert ask(server, "/healthz?from=balancer")[0] == 200


def test_a_fault_is_told_in_one_line_without_secrets() -> None:
    with serve(lambda: "the store is away:\n postgresql://u:hunter2@db") as server:
        status, _, text = ask(server, "/healthz")
    assert (status, text) == (503, "the store is away: postgresql://u:***@db\n")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StoreError("the store is away."), "the store is away.\n"),
        (StoreError(""), "StoreError\n"),
        (KeyError("hunter2"), "the bot's health could not be found out; its log says more\n"),
    ],
)
def test_who_cannot_tell_is_not_well(error: Exception, text: str) -> None:
    def find_fault() -> str:
        raise error

    with serve(find_fault) as server:
        assert ask(server, "/healthz")[::2] == (503, text)


@pytest.mark.parametrize(
    "path", ["/", "/metrics/", "/healthz/../metrics", "//metrics/x", "/slack/events", "*"]
)
def test_nothing_else_is_there(path: str) -> None:
    with serve() as server:
        assert ask(server, path)[0] == 404


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/nothing"])
def test_head_says_the_same_without_the_text(path: str) -> None:
    with serve() as server:
        status, content_type, text = ask(server, path, "HEAD")
        assert (status, content_type) == ask(server, path)[:2]
    assert text == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(method: str) -> None:
    with serve() as server:
        assert ask(server, "/metrics", method)[0] == 501


def test_one_who_says_nothing_keeps_nobody_waiting() -> None:
    with serve() as server, socket.create_connection(("127.0.0.1", server.port)):
        assert ask(server, "/healthz")[0] == 200


def test_a_slow_check_keeps_no_scrape_waiting() -> None:
    asked, answer = threading.Event(), threading.Event()

    def find_fault() -> str:
        asked.set()
        answer.wait(PATIENCE_S)
        return "slow"

    with serve(find_fault) as server:
        statuses: list[int] = []
        slow = threading.Thread(target=lambda: statuses.append(ask(server, "/healthz")[0]))
        slow.start()
        asked.wait(PATIENCE_S)
        assert ask(server, "/metrics")[0] == 200
        answer.set()
        slow.join()
    assert statuses == [503]


def test_closed_it_is_gone_and_may_be_started_again() -> None:
    server = MonitoringServer(PrometheusMeter(dict).registry, find_no_fault)
    server.close()
    for _ in range(2):
        server.start()
        port = server.port
        assert ask(server, "/healthz")[0] == 200
        server.close()
        server.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    assert not [thread.name for thread in threading.enumerate() if thread.name == "monitoring"]


def test_a_port_that_is_taken_is_named() -> None:
    with serve() as first:
        second = MonitoringServer(PrometheusMeter(dict).registry, find_no_fault, port=first.port)
        with pytest.raises(OperatorError, match=rf"127\.0\.0\.1 port {first.port}: Address already in use"):
            second.start()
        assert ask(first, "/healthz")[0] == 200


def test_only_this_machine_is_served() -> None:
    """Numbers of who asks how much are nobody's outside unless whoever runs the bot says so."""
    with serve() as server:
        assert server._server is not None
        assert server._server.server_address[0] == "127.0.0.1"


def has_ipv6() -> bool:
    with closing(socket.socket(socket.AF_INET6)) as free:
        return free.connect_ex(("::1", 9)) in {0, errno.ECONNREFUSED}


@pytest.mark.skipif(not socket.has_ipv6 or not has_ipv6(), reason="This machine has no IPv6")
def test_ipv6_is_listened_on() -> None:
    with MonitoringServer(PrometheusMeter(dict).registry, find_no_fault, "::1") as server:
        connection = http.client.HTTPConnection("::1", server.port, timeout=PATIENCE_S)
        with closing(connection):
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
