"""Stores of other versions, and of none, opened by a question in a terminal and by the bot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.block_store import PlainDatabase, SqlBlockStore
from bot.adapters.database import Database, name_file
from bot.adapters.migrations import SCHEMA
from bot.adapters.sqlite_file import SqliteFile
from bot.domain.cidr import parse_block
from bot.errors import StoreError

Open = Callable[[Path], PlainDatabase]

BLOCK = parse_block("10.1.0.0/16").block
WAYS: dict[str, Open] = {"terminal": SqliteFile, "bot": lambda path: Database(name_file(path))}
pytestmark = pytest.mark.parametrize("open_store", WAYS.values(), ids=WAYS)


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """The last statement's rows."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def read_schema(path: Path) -> list[tuple[object, ...]]:
    return execute(path, "SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2")


def add_and_fail(store: PlainDatabase) -> None:
    with store.begin_plain() as run:
        run("INSERT INTO blocks VALUES (:first, :prefix)", {"first": BLOCK.first, "prefix": BLOCK.prefix})
        run("SELECT * FROM nowhere", {})


def test_new_store_has_every_table(open_store: Open, tmp_path: Path) -> None:
    """Whoever comes first: the other finds what it needs, and changes nothing."""
    new, other = tmp_path / "new.db", tmp_path / "other.db"
    assert SqlBlockStore(open_store(new)).add(BLOCK)
    for way in WAYS.values():
        assert SqlBlockStore(way(new)).list_blocks() == [BLOCK]
        SqlBlockStore(way(other)).list_blocks()
    assert read_schema(new) == read_schema(other)
    assert execute(new, "SELECT version_num FROM alembic_version") == [(SCHEMA,)]


def test_store_of_before_its_schema_was_counted_keeps_its_blocks(open_store: Open, tmp_path: Path) -> None:
    execute(
        tmp_path / "old.db",
        "CREATE TABLE blocks (first BIGINT, prefix INTEGER, PRIMARY KEY (first, prefix))",
        "CREATE TABLE network_blocks (name VARCHAR(63), first BIGINT, prefix INTEGER)",
        "INSERT INTO blocks VALUES (167837696, 16)",
    )
    assert SqlBlockStore(open_store(tmp_path / "old.db")).list_blocks() == [BLOCK]
    assert execute(tmp_path / "old.db", "SELECT COUNT(*) FROM runs") == [(0,)]


def test_store_of_a_newer_version_is_left_alone(open_store: Open, tmp_path: Path) -> None:
    SqlBlockStore(open_store(tmp_path / "newer.db")).add(BLOCK)
    execute(tmp_path / "newer.db", "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="is of a newer vpccidr"):
        SqlBlockStore(open_store(tmp_path / "newer.db")).list_blocks()
    assert execute(tmp_path / "newer.db", "SELECT prefix FROM blocks") == [(16,)]


def test_store_that_is_no_database_is_told(open_store: Open, tmp_path: Path) -> None:
    (tmp_path / "vpccidr.db").write_text("no database " * 100)
    with pytest.raises(StoreError, match=r"The store at sqlite:///.* failed: file is not a database\."):
        SqlBlockStore(open_store(tmp_path / "vpccidr.db")).list_blocks()


def test_folder_that_cannot_be_made_is_told(open_store: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="failed"):
        SqlBlockStore(open_store(tmp_path / "file" / "vpccidr.db")).list_blocks()


def test_new_store_is_made_once_by_all_who_come_at_once(open_store: Open, tmp_path: Path) -> None:
    stores = [SqlBlockStore(way(tmp_path / "a.db")) for way in (open_store, *WAYS.values(), open_store)]
    with ThreadPoolExecutor(len(stores)) as people:
        added = list(people.map(lambda store: store.add(BLOCK), stores))
    assert sorted(added) == [False] * 3 + [True]


def test_change_that_fails_half_way_leaves_nothing(open_store: Open, tmp_path: Path) -> None:
    store = open_store(tmp_path / "a.db")
    with pytest.raises(StoreError, match="no such table"):
        add_and_fail(store)
    assert SqlBlockStore(store).list_blocks() == []
