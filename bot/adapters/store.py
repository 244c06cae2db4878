"""What the bot remembers, in SQLite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.cidr import Block
from bot.errors import StoreError

_METADATA = MetaData()
_BLOCKS = Table(
    "blocks",
    _METADATA,
    Column("first", Integer, primary_key=True),
    Column("prefix", Integer, primary_key=True),
)
_NETWORKS = Table(
    "network_blocks",
    _METADATA,
    Column("name", String(63), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("prefix", Integer, primary_key=True),
)
_BUSY_TIMEOUT_MS = 10_000


class SqlBlockStore:
    """The registered blocks and networks in the SQLite file `path`, made when it is first used.

    Several processes may share the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine: Engine | None = None

    def list_blocks(self) -> list[Block]:
        """Every registered block, sorted."""
        with self._begin() as connection:
            return sorted(Block(*row) for row in connection.execute(select(_BLOCKS)))

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        """Every network's blocks, sorted, by the network's name."""
        networks: dict[str, list[Block]] = defaultdict(list)
        with self._begin() as connection:
            for name, first, prefix in connection.execute(select(_NETWORKS)):
                networks[name].append(Block(first, prefix))
        return {name: tuple(sorted(networks[name])) for name in sorted(networks)}

    def add(self, block: Block, name: str = "") -> bool:
        """Register a block, and add it to a network where one is named; False where both were so already."""
        row = {"first": block.first, "prefix": block.prefix}
        with self._begin() as connection:
            changed = _insert(connection, _BLOCKS, row)
            if name:
                changed = _insert(connection, _NETWORKS, row | {"name": name}) or changed
        return changed

    def remove(self, blocks: Iterable[Block]) -> None:
        """Forget the blocks; a network that has none left is forgotten too."""
        with self._begin() as connection:
            for block in blocks:
                for table in (_BLOCKS, _NETWORKS):
                    same = (table.c.first == block.first) & (table.c.prefix == block.prefix)
                    connection.execute(delete(table).where(same))

    def remove_network(self, name: str) -> None:
        """Forget the network's name; its blocks stay registered."""
        with self._begin() as connection:
            connection.execute(delete(_NETWORKS).where(_NETWORKS.c.name == name))

    def close(self) -> None:
        """Close the connections."""
        if self._engine is not None:
            self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            if self._engine is None:
                self._engine = self._open()
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise StoreError(f"The store at {self._path} failed: {reason}.") from error

    def _open(self) -> Engine:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{self._path}")
        event.listen(engine, "connect", _prepare)
        _METADATA.create_all(engine)
        return engine


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    return connection.execute(insert(table).values(row).on_conflict_do_nothing()).rowcount > 0
