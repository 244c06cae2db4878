"""The bot's statements over a folder of flow logs, with what Athena would write of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bot.adapters.flowlog_layout import find_log_files, open_logs
from bot.adapters.flowlog_reader import FlowLogReader
from bot.domain.flowlog import FIELDS
from bot.domain.window import Window

_DAYS = re.compile(r"\bday BETWEEN '([\d/]{10})' AND '([\d/]{10})'")


class StatementError(Exception):
    """A statement that fails; the text is what Athena tells as its reason."""


def run_statement(statement: str, logs: Path, expansions: Path, result: Path) -> int:
    """Write the rows of a statement to `result`, as Athena's CSV, and return the bytes of the files read.

    `vpcflowlogstable` is what lies in the folder `logs`, of the statement's days alone; `cidrtable` is every
    file below `expansions`. Raises StatementError.
    """
    system, root = open_logs(str(logs))
    files = list(find_log_files(system, root, _read_window(statement)))
    reader = FlowLogReader(system, root, files, tuple(FIELDS), os.cpu_count() or 1)
    result.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.register("vpcflowlogstable", reader.open())
        try:
            _load_expansions(connection, expansions)
            _write_csv(connection, statement, result)
        except duckdb.Error as error:
            raise StatementError(f"GENERIC_USER_ERROR: {str(error).partition(chr(10))[0]}") from error
        finally:
            reader.stop()
            reader.join()
    if reader.problems:
        raise StatementError(f"HIVE_CURSOR_ERROR: {reader.problems[0].file}: {reader.problems[0].fault}")
    return sum(file.size for file in files)


def _read_window(statement: str) -> Window:
    match = _DAYS.search(statement)
    if match is None:
        raise StatementError("GENERIC_USER_ERROR: the statement names no days, and would read every log")
    first, last = (datetime.strptime(day, "%Y/%m/%d").replace(tzinfo=UTC) for day in match.groups())
    return Window(first, last + timedelta(days=1))


def _load_expansions(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
    for file in _find_data(folder):
        connection.execute(
            "INSERT INTO cidrtable SELECT cidr, ip FROM read_csv(?, header = false, delim = ',', "
            "quote = '', auto_detect = false, columns = {'cidr': 'VARCHAR', 'ip': 'VARCHAR'})",
            [str(file)],
        )


def _find_data(folder: Path) -> Iterable[Path]:
    """The files of a table: Athena takes none whose name begins with a dot or an underscore."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] not in "._")


def _write_csv(connection: duckdb.DuckDBPyConnection, statement: str, result: Path) -> None:
    """Every value in quotes, NULL as nothing at all."""
    place = str(result).replace("'", "''")
    connection.execute(f"COPY (\n{statement}\n) TO '{place}' (FORMAT csv, HEADER, FORCE_QUOTE *)")
