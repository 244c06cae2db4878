"""The store's database, SQLite or PostgreSQL: opened when first used, and brought to its schema."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.adapters.migrations import SCHEMA
from bot.adapters.sqlite_file import BEGIN, Run, build_failure, prepare
from bot.errors import StoreError

_CONNECT_TIMEOUT_S = 5
_IDLE_TIMEOUT_S = 3
_LOCK = 0x76706363  # any number that nothing else locks
_SQLITE = "sqlite"
_POSTGRESQL = ("postgresql", "postgres")


class Database:
    """The database at `url`. Several processes may share it; the first to come makes its tables."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        # Writers that SQLite keeps waiting sleep ever longer, so that the first to come may be served last.
        self._turn = threading.RLock() if url.get_backend_name() == _SQLITE else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, committed at its end. Raises StoreError, which passes when the database is back."""
        try:
            with self._turn, self._open().begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise build_failure(self._url.render_as_string(hide_password=True), reason) from error

    @contextmanager
    def begin_plain(self) -> Iterator[Run]:
        """The same, for statements that are plain SQL."""
        with self.begin() as connection:
            yield lambda statement, values: connection.execute(text(statement), values)

    def close(self) -> None:
        """Close the connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = self._build()
            return self._engine

    def _build(self) -> Engine:
        if self._url.get_backend_name() == _SQLITE:
            engine = self._build_sqlite()
        else:
            engine = create_engine(
                self._url, pool_pre_ping=True, connect_args={"timeout": _CONNECT_TIMEOUT_S}
            )
            event.listen(engine, "connect", _limit_patience)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _build_sqlite(self) -> Engine:
        if self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self._url)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin_immediately)
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


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; False where one with its key is there already."""
    # A question in a terminal waits for whatever is loaded: only the dialect that is spoken is.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount > 0


def read_clock(connection: Connection) -> float:
    """Seconds since 1970, on the one clock that all who share the database see."""
    if is_sqlite(connection):
        return time.time()
    return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())


def is_sqlite(connection: Connection) -> bool:
    """Whether the connection is to SQLite, where one transaction writes at a time."""
    return connection.dialect.name == _SQLITE


def _prepare(connection: Any, _: Any) -> None:
    prepare(connection)


def _limit_patience(connection: Any, _: Any) -> None:
    # Whoever is paused in the middle of a transaction must not keep the others from its rows.
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_TIMEOUT_S}s'")
    cursor.execute(f"SET lock_timeout = '{_CONNECT_TIMEOUT_S}s'")
    cursor.close()
    connection.commit()


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN)


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        if not is_sqlite(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _read_revision(connection) != SCHEMA:
            _upgrade(connection)


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported where it is needed: most processes find the schema as it should be.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", "bot.adapters:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, SCHEMA)
    except CommandError as error:
        raise StoreError(f"The store is of a newer vpccidr than this one ({error}).") from error
