"""The store on both databases that it takes: the same calls, the same answers."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.adapters.store import SqlBlockStore, name_file, parse_store_url
from bot.domain.cidr import parse_block
from bot.errors import StoreError

HIGH = parse_block("203.0.113.0/24").block
LOW = parse_block("10.1.0.0/16").block


def find_program(name: str) -> Path | None:
    """A program of PostgreSQL's server, on the path or in Debian's place."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    on_path = shutil.which(name)
    return Path(on_path) if on_path else max(found, default=None)


def run_as_its_own_user(command: list[str]) -> None:
    """PostgreSQL's server refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[URL]:
    """A server of the tests' own on loopback, with an empty database."""
    initdb, pg_ctl = find_program("initdb"), find_program("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("There is no PostgreSQL server on this machine: install Debian's postgresql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = tempfile.mkdtemp()  # not under the folder of pytest, which only its own user may enter
    if os.geteuid() == 0:
        shutil.chown(made, "postgres")
    folder = f"{made}/data"
    run_as_its_own_user([str(initdb), "-D", folder, "-U", "vpccidr", "--auth=trust", "--no-sync"])
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={made} -c fsync=off"
    run_as_its_own_user([str(pg_ctl), "-D", folder, "-w", "-l", f"{made}/log", "-o", options, "start"])
    yield parse_store_url(f"postgresql://vpccidr@127.0.0.1:{port}/postgres")
    run_as_its_own_user([str(pg_ctl), "-D", folder, "-w", "-m", "immediate", "stop"])
    shutil.rmtree(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    return (
        name_file(tmp_path / "a" / "b.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")
    )


@pytest.fixture
def store(url: URL) -> Iterator[SqlBlockStore]:
    store = SqlBlockStore(url)
    yield store
    store.remove(store.list_blocks())
    store.close()


def test_blocks_and_names_are_there_for_the_next_process(store: SqlBlockStore, url: URL) -> None:
    assert store.add(HIGH, "vpc-z")
    assert store.add(LOW, "vpc-z")
    again = SqlBlockStore(url)
    assert again.list_blocks() == [LOW, HIGH]
    assert again.list_networks() == {"vpc-z": (LOW, HIGH)}
    again.close()


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


def test_only_one_of_many_adds_a_block(store: SqlBlockStore, url: URL) -> None:
    """Several replicas may be told the same at once; each has a connection of its own."""
    store.list_blocks()
    others = [SqlBlockStore(url) for _ in range(6)]
    with ThreadPoolExecutor(len(others)) as pool:
        added = list(pool.map(lambda other: other.add(LOW, "vpc-b"), others))
    for other in others:
        other.close()
    assert sorted(added) == [False] * 5 + [True]


@pytest.mark.parametrize("text", ["", "sqlite:///x.db", "mysql://u@h/d", "postgresql://h", "no url at all"])
def test_other_databases_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(StoreError, match="must be postgresql://"):
        parse_store_url(text)


def test_password_is_never_told() -> None:
    """An error's text reaches the channel."""
    store = SqlBlockStore(parse_store_url("postgresql://vpccidr:s3cret@127.0.0.1:9/postgres"))
    with pytest.raises(StoreError) as failed:
        store.list_blocks()
    assert "s3cret" not in str(failed.value)
