"""Reports over a finished scan's result, on the embedded engine: no scan, no cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from bot.adapters.athena_csv import open_csv
from bot.domain.answer import Conversation
from bot.domain.coverage import CoverageRow
from bot.domain.question import Question
from bot.domain.totals import Totals
from bot.errors import EngineError
from bot.services.statements import build_report, build_talkers

_KEY = ("client", "server", "service_port", "protocol", "action")
_ROWS_A_FETCH = 10_000


class DuckDBReports:
    """Opens results as the engines wrote them: Parquet, or Athena's CSV."""

    def load(self, result: Path, limit: int) -> DuckDBResult:
        """Open a result that was asked for with a limit of `limit + 1` rows. Raises EngineError."""
        connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        try:
            return DuckDBResult(connection, result, limit)
        except duckdb.Error as error:
            connection.close()
            raise EngineError("The scan's result is gone or cannot be read; ask again.") from error


class DuckDBResult:
    """One opened result, as the relation `scan_result`.

    Of a truncated result the last conversation is left out, for some of its days may be missing.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, result: Path, limit: int) -> None:
        self._connection = connection
        _open_result(connection, result).create_view("fetched")
        count = connection.sql("SELECT COUNT(*) FROM fetched").fetchall()[0][0]
        self.truncated = count > limit
        last = self._find_last(count) if self.truncated else ()
        same = " AND ".join(f"{name} IS NOT DISTINCT FROM ${name}" for name in _KEY)
        if last:
            connection.execute(
                f"CREATE TABLE scan_result AS SELECT * FROM fetched "  # noqa: S608 - our own column names
                f"WHERE kind = 'coverage' OR NOT ({same})",
                dict(zip(_KEY, last, strict=True)),
            )
        else:
            connection.execute("CREATE VIEW scan_result AS SELECT * FROM fetched")

    def _find_last(self, count: int) -> Sequence[Any]:
        columns = ", ".join(_KEY)
        query = f"SELECT {columns} FROM fetched LIMIT 1 OFFSET {count - 1}"  # noqa: S608 - names and a number
        return self._connection.sql(query).fetchall()[0]

    def read_coverage(self) -> tuple[list[CoverageRow], Totals]:
        """The coverage rows and the exact totals."""
        rows = self._connection.execute(build_report("coverage")).fetchall()
        coverage = [CoverageRow(_read_day(row[0]), *row[1:5]) for row in rows]
        return coverage, _read_totals(rows[0][5:]) if rows else Totals()

    def read_talkers(self, question: Question) -> list[Conversation]:
        """The largest conversations over the window, by the question's measure."""
        statement = build_talkers(question.measure, question.top)
        return [
            Conversation(*row[:10], _read_moment(row[10]), _read_moment(row[11]))
            for row in self._connection.execute(statement).fetchall()
        ]

    def read_rows(self) -> Iterator[Sequence[Any]]:
        """Every conversation of every day: a day, then a Conversation's fields."""
        cursor = self._connection.execute(build_report("conversations"))
        while rows := cursor.fetchmany(_ROWS_A_FETCH):
            for row in rows:
                yield (_read_day(row[0]), *row[1:11], _read_moment(row[11]), _read_moment(row[12]))

    def read_records(self) -> Iterator[Sequence[Any]]:
        """The rows of a scan for raw records, led by the names of its columns."""
        cursor = self._connection.execute("SELECT * FROM fetched")
        yield [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(_ROWS_A_FETCH):
            yield from rows

    def close(self) -> None:
        """Free what the result holds."""
        self._connection.close()


def _open_result(connection: duckdb.DuckDBPyConnection, result: Path) -> duckdb.DuckDBPyRelation:
    return open_csv(connection, result) if result.suffix == ".csv" else connection.read_parquet(str(result))


def _read_day(text: str) -> Any:
    return datetime.strptime(text, "%Y/%m/%d").replace(tzinfo=UTC).date()


def _read_moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _read_totals(row: Sequence[Any]) -> Totals:
    return Totals(*row[:6], _read_moment(row[6]), _read_moment(row[7]))
