"""What the bot remembers, in SQLite or PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
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
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.domain.cidr import Block
from bot.errors import StoreError

_METADATA = MetaData()
_BLOCKS = Table(
    "blocks",
    _METADATA,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("prefix", Integer, primary_key=True, autoincrement=False),
)
_NETWORKS = Table(
    "network_blocks",
    _METADATA,
    Column("name", String(63), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("prefix", Integer, primary_key=True, autoincrement=False),
)
_BUSY_TIMEOUT_MS = 10_000
_SQLITE = "sqlite"
_POSTGRESQL = ("postgresql", "postgres")


class SqlBlockStore:
    """The registered blocks and networks in the database at `url`, whose tables are made when first used.

    Several processes may share it.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
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
            raise StoreError(
                f"The store at {self._url.render_as_string(hide_password=True)} failed: {reason}."
            ) from error

    def _open(self) -> Engine:
        if self._url.database and self._url.get_backend_name() == _SQLITE:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self._url, pool_pre_ping=True)
        if engine.dialect.name == _SQLITE:
            event.listen(engine, "connect", _prepare)
        _METADATA.create_all(engine)
        return engine


def name_file(path: Path) -> URL:
    """The URL of the SQLite file `path`."""
    return URL.create(_SQLITE, database=str(path))


def parse_store_url(text: str) -> URL:
    """The URL of a PostgreSQL database, `postgresql://user:password@host/database`. Raises StoreError."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = name_file(Path())
    if url.get_backend_name() not in _POSTGRESQL or not url.database:
        raise StoreError("The store's URL must be postgresql://user:password@host/database.")
    return url.set(drivername="postgresql+pg8000")


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    dialect = sqlite if connection.dialect.name == _SQLITE else postgresql
    return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount > 0
