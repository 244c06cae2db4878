"""A connection is cut and mended, as the programs at both its ends see it."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.adapters.block_store import SqlBlockStore
from bot.adapters.database import Database, parse_store_url
from bot.domain.cidr import parse_block
from bot.errors import StoreError
from tests.faults.tcp_proxy import HOST, TcpProxy
from tests.postgresql import PostgresServer

PATIENCE_S = 10


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(PATIENCE_S)
        yield listener


@pytest.fixture
def proxy(server: socket.socket) -> Iterator[TcpProxy]:
    with TcpProxy(*server.getsockname()) as proxy:
        yield proxy


def connect(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), PATIENCE_S)


def accept(server: socket.socket) -> socket.socket:
    accepted, _ = server.accept()
    accepted.settimeout(PATIENCE_S)
    return accepted


def read_all(end: socket.socket) -> bytes:
    with end.makefile("rb") as file:
        return file.read()


def test_both_directions_pass_until_both_have_ended(proxy: TcpProxy, server: socket.socket) -> None:
    asked, answered = b"q" * 300_000, b"a" * 300_000
    with connect(proxy) as client, accept(server) as far:
        client.sendall(asked)
        client.shutdown(socket.SHUT_WR)
        assert read_all(far) == asked
        far.sendall(answered)
        far.shutdown(socket.SHUT_WR)
        assert read_all(client) == answered


def test_a_cut_ends_what_is_open_and_refuses_what_is_new(proxy: TcpProxy, server: socket.socket) -> None:
    with connect(proxy) as client, accept(server) as far:
        proxy.cut()
        assert client.recv(1) == far.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        assert proxy.connections == 0


def test_mended_it_listens_at_the_same_port(proxy: TcpProxy, server: socket.socket) -> None:
    port = proxy.port
    proxy.cut()
    proxy.mend()
    with connect(proxy) as client, accept(server) as far:
        client.sendall(b"x")
        assert far.recv(1) == b"x"
    assert proxy.port == port


def test_a_server_that_is_away_ends_the_connection(server: socket.socket, proxy: TcpProxy) -> None:
    server.close()
    with connect(proxy) as client:
        assert client.recv(1) == b""


def test_a_database_is_cut_off(postgresql: PostgresServer) -> None:
    name = postgresql.create_database()
    with TcpProxy(HOST, postgresql.port) as proxy:
        url = postgresql.url(name).replace(f":{postgresql.port}/", f":{proxy.port}/")
        with closing(Database(parse_store_url(url))) as database:
            store = SqlBlockStore(database)
            assert store.list_blocks() == []
            proxy.cut()
            with pytest.raises(StoreError):
                store.list_blocks()


def test_a_database_keeps_what_it_has_when_its_server_crashes(postgresql: PostgresServer) -> None:
    block = parse_block("10.1.0.0/16").block
    url = parse_store_url(postgresql.url(postgresql.create_database()))
    with closing(Database(url)) as database:
        SqlBlockStore(database).add(block)
        postgresql.stop()
        assert not postgresql.is_running
    postgresql.start()
    with closing(Database(url)) as database:
        assert SqlBlockStore(database).list_blocks() == [block]
