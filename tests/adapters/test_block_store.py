"""The store on both databases that it takes, and on SQLite's file alone: the same calls, the same answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.adapters.block_store import SqlBlockStore
from bot.adapters.database import Database, name_file, parse_store_url
from bot.adapters.sqlite_file import SqliteFile
from bot.domain.cidr import parse_block
from bot.errors import StoreError
from tests.postgresql import PostgresServer

HIGH = parse_block("203.0.113.0/24").block
LOW = parse_block("10.1.0.0/16").block


@pytest.fixture(scope="module")
def postgresql() -> Iterator[URL]:
    """A server of the tests' own on loopback, with an empty database."""
    if not PostgresServer.is_installed():
        pytest.skip("There is no PostgreSQL server on this machine: install Debian's postgresql")
    with PostgresServer() as server:
        yield parse_store_url(server.url())


@pytest.fixture(params=["file", "sqlite", "postgresql"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SqlBlockStore]]:
    """What opens the same store as a further process does."""
    path = tmp_path / "a" / "b.db"
    databases: list[Database] = []

    def open_database() -> SqlBlockStore:
        is_server = request.param == "postgresql"
        databases.append(Database(request.getfixturevalue("postgresql") if is_server else name_file(path)))
        return SqlBlockStore(databases[-1])

    yield open_database if request.param != "file" else lambda: SqlBlockStore(SqliteFile(path))
    for database in databases:
        database.close()


@pytest.fixture
def store(open_store: Callable[[], SqlBlockStore]) -> Iterator[SqlBlockStore]:
    store = open_store()
    yield store
    store.remove(store.list_blocks())


def test_blocks_and_names_are_there_for_the_next_process(
    store: SqlBlockStore, open_store: Callable[[], SqlBlockStore]
) -> None:
    assert store.add(HIGH, "vpc-z")
    assert store.add(LOW, "vpc-z")
    again = open_store()
    assert again.list_blocks() == [LOW, HIGH]
    assert again.list_networks() == {"vpc-z": (LOW, HIGH)}


def test_adding_twice_changes_nothing(store: SqlBlockStore) -> None:
    assert store.add(LOW)
    assert not store.add(LOW)
    assert store.add(LOW, "vpc-b")
    assert not store.add(LOW, "vpc-b")


def test_removed_block_leaves_its_network(store: SqlBlockStore) -> None:
    store.add(LOW, "vpc-b")
    store.remove([LOW])
    assert store.list_blocks() == []
    assert store.list_networks() == {}


def test_removed_name_leaves_its_blocks(store: SqlBlockStore) -> None:
    store.add(LOW, "vpc-b")
    store.remove_network("vpc-b")
    assert store.list_blocks() == [LOW]
    assert store.list_networks() == {}


def test_only_one_of_many_adds_a_block(store: SqlBlockStore, open_store: Callable[[], SqlBlockStore]) -> None:
    """Several replicas may be told the same at once; each has a connection of its own."""
    store.list_blocks()
    others = [open_store() for _ in range(6)]
    with ThreadPoolExecutor(len(others)) as pool:
        added = list(pool.map(lambda other: other.add(LOW, "vpc-b"), others))
    assert sorted(added) == [False] * 5 + [True]


@pytest.mark.parametrize("text", ["", "sqlite:///x.db", "mysql://u@h/d", "postgresql://h", "no url at all"])
def test_other_databases_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(StoreError, match="must be postgresql://"):
        parse_store_url(text)


def test_password_is_never_told() -> None:
    """An error's text reaches the channel."""
    store = SqlBlockStore(Database(parse_store_url("postgresql://vpccidr:s3cret@127.0.0.1:9/postgres")))
    with pytest.raises(StoreError) as failed:
        store.list_blocks()
    assert "s3cret" not in str(failed.value)
