"""The store of one machine, a SQLite file, for statements that are plain SQL.

A question in a terminal needs no others, and SQLAlchemy takes longer to load than a small question to answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from bot.adapters.migrations import SCHEMA, list_statements
from bot.errors import StoreError

BEGIN = "BEGIN IMMEDIATE"
"""A transaction that reads first and writes later could lose its place to another one otherwise, and fail."""

_BUSY_TIMEOUT_MS = 10_000


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def __iter__(self) -> Iterator[tuple[int | str, ...]]:
        """The rows that it found."""


Run = Callable[[str, Mapping[str, int | str]], Rows]
"""Runs a statement with its values, which it names as `:name`."""


class SqliteFile:
    """The store at `path`. Several processes may share it; the first to come makes its tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._has_tables = False

    @contextmanager
    def begin_plain(self) -> Iterator[Run]:
        """A transaction, committed at its end. Raises StoreError, which passes when the file is back."""
        try:
            if not self._has_tables:
                self._make_tables()
            with self._begin() as connection:
                yield connection.execute
        except (sqlite3.Error, OSError) as error:
            raise build_failure(f"sqlite:///{self._path}", str(error)) from error

    @contextmanager
    def _begin(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as connection:  # which takes back what is not committed
            prepare(connection)
            connection.execute(BEGIN)
            yield connection
            connection.execute("COMMIT")

    def _make_tables(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._begin() as connection:
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
                for statement in list_statements():
                    connection.execute(statement)
            is_current = _read_revision(connection) == SCHEMA
        if not is_current:
            _take_steps(self._path)
        self._has_tables = True


def prepare(connection: sqlite3.Connection) -> None:
    """Let a new connection wait for others, and begin its transactions where we say, not at a change."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")


def build_failure(store: str, reason: str) -> StoreError:
    """What is told when the store fails: it passes when the store is well again."""
    return StoreError(f"The store at {store} failed: {reason}.", is_passing=True)


def _read_revision(connection: sqlite3.Connection) -> str:
    try:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.OperationalError, TypeError):  # an older store has no such table, or nothing in it
        return ""
    return str(revision)


def _take_steps(path: Path) -> None:
    # Imported where it is needed: hardly ever.
    from bot.adapters.database import Database, name_file  # noqa: PLC0415

    database = Database(name_file(path))
    with closing(database), database.begin():
        pass
