"""The tables that the steps of `bot/adapters/migrations` make in an empty SQLite file, as DDL."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.database import Database, name_file
from bot.adapters.migrations import SCHEMA

_HEAD = "-- Written by `python -m infra.generate` from the steps in versions/.\n"


def render_store_ddl() -> str:
    """One statement after the other, the last of which says which revision the tables are of."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "store.db")
        with closing(Database(name_file(path))) as database, database.begin():
            pass
        with closing(sqlite3.connect(path)) as connection:
            made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
            statements = [_tidy(sql) for (sql,) in made]
    statements.append(f"INSERT INTO alembic_version (version_num) VALUES ('{SCHEMA}')")  # noqa: S608 - our own
    return _HEAD + "".join(f"{statement};\n" for statement in statements)


def _tidy(statement: str) -> str:
    return "\n".join(line.rstrip() for line in statement.expandtabs(4).splitlines())
