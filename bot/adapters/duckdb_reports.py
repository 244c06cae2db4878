"""Reports over a finished scan's result, on the embedded engine: no scan, no cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import duckdb

from bot.adapters.athena_csv import open_csv
from bot.adapters.report_rows import (
    ROW_READERS,
    read_changes,
    read_conversation,
    read_day,
    read_moment,
    read_sums,
)
from bot.domain.address import Address
from bot.domain.changes import ChangeList, Extent, RowKind
from bot.domain.conversation import Conversation
from bot.domain.coverage import CoverageRow
from bot.domain.question import Question
from bot.domain.totals import Totals
from bot.domain.view import View
from bot.domain.view_answer import Sums, ViewRow
from bot.errors import EngineError
from bot.services.report_statements import (
    build_extras,
    build_named_hosts,
    build_report,
    build_view_rows,
    build_view_sums,
)
from bot.services.result_columns import OPTIONAL_COLUMNS

_KEY = ("kind", "client", "server", "service_port", "protocol", "action")
_ROWS_A_FETCH = 10_000


class DuckDBReports:
    """Opens results as the engines wrote them: Parquet, or Athena's CSV."""

    def __init__(self) -> None:
        self._ready: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()

    def get_ready(self) -> None:
        """Make what the next result is opened with: it takes time that an engine needs anyway."""
        self._ready.put(_connect())

    def load(self, result: Path, limit: int) -> DuckDBResult:
        """Open a result that was asked for with a limit of `limit + 1` rows. Raises EngineError."""
        connection = self._take_ready()
        try:
            with _translate_errors():
                return DuckDBResult(connection, result, limit)
        except BaseException:
            connection.close()
            raise

    def _take_ready(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._ready.get_nowait()
        except Empty:
            return _connect()


class DuckDBResult:
    """One opened result, as the relation `scan_result`.

    Of a truncated result the last conversation is left out, for some of its days may be missing.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, result: Path, limit: int) -> None:
        self._connection = connection
        fetched, place = _open_result(connection, result)
        count = fetched.aggregate("COUNT(*)").fetchall()[0][0]
        self.truncated = count > limit
        self.previous = Extent.WHOLE
        self._limit = limit
        self._columns: list[str] = fetched.columns
        if "kind" in self._columns:  # and not the log's own records
            if self.truncated:
                fetched = fetched.filter(f"{place} < {self._count_whole(count)}")
            self._define_scan_result(fetched)

    def _count_whole(self, count: int) -> int:
        """How many rows of the cut result are before its last conversation, and what else was cut."""
        columns = ", ".join(_KEY)
        query = f"SELECT {columns} FROM fetched LIMIT 1 OFFSET {count - 1}"  # noqa: S608 - names and a number
        last = self._connection.sql(query).fetchall()[0]
        if last[0] == RowKind.COVERAGE:
            raise EngineError(
                f"{self._limit:,} rows cannot even tell what the logs hold of each day; ask for fewer days."
            )
        self.truncated = last[0] == RowKind.CONVERSATION
        is_known = last[0] == RowKind.PREVIOUS_CONVERSATION
        self.previous = Extent.LARGEST if is_known else Extent.NOTHING
        same = " AND ".join(f"{name} IS NOT DISTINCT FROM ${name}" for name in _KEY)
        query = f"SELECT COUNT(*) FROM fetched WHERE {same}"  # noqa: S608 - our own column names
        days = self._connection.execute(query, dict(zip(_KEY, last, strict=True))).fetchall()[0][0]
        return int(count - days)  # the days of a conversation stand together

    def _define_scan_result(self, rows: duckdb.DuckDBPyRelation) -> None:
        """All of the rows, and NULL for the columns that results of earlier versions lack."""
        lacking = {name: kind for name, kind in OPTIONAL_COLUMNS.items() if name not in self._columns}
        nulls = (f"CAST(NULL AS {kind.in_queries}) AS {name}" for name, kind in lacking.items())
        rows.project(", ".join(["*", *nulls])).create_view("scan_result")

    def read_coverage(self) -> tuple[list[CoverageRow], Totals]:
        """The coverage rows of all that was scanned, and the exact totals of the asked window."""
        rows = list(self._fetch(build_report("coverage")))
        coverage = [CoverageRow(read_day(row[0]), *row[1:7]) for row in rows]
        return coverage, _read_totals(rows[0][7:]) if rows else Totals()

    def read_talkers(self, question: Question) -> list[Conversation]:
        """The largest conversations over the window, by the question's measure."""
        statement = build_view_rows(question, View(measure=question.measure), question.top)
        return [read_conversation(row) for row in self._fetch(statement)]

    def read_sums(self, question: Question, view: View) -> Sums:
        """The sums over the conversations that a view keeps. Raises RequestError where it cannot be."""
        return read_sums(next(self._fetch(build_view_sums(question, view))))

    def read_view(self, question: Question, view: View, limit: int) -> Iterator[ViewRow]:
        """A view's rows, the largest first, or by day; at most `limit`. Raises RequestError, too."""
        return map(ROW_READERS[view.kind], self._fetch(build_view_rows(question, view, limit)))

    def read_extras(self, question: Question, view: View) -> tuple[bool, bool]:
        """Whether the logs tell a path, and an AWS service, of anything that a view keeps."""
        paths, services = next(self._fetch(build_extras(question, view)))
        return paths > 0, services > 0

    def read_services(self, question: Question, hosts: Sequence[Address]) -> dict[str, str]:
        """The AWS services of those hosts for which the logs name one, by their addresses."""
        rows = self._fetch(build_named_hosts(question, tuple(hosts)))
        return {row[0]: row[1] for row in rows}

    def read_changes(self, question: Question, view: View, limit: int) -> list[ChangeList]:
        """What changed against the window before, of each change at most `limit` conversations."""
        return read_changes(self._fetch(build_view_rows(question, view, limit)))

    def read_rows(self) -> Iterator[Sequence[Any]]:
        """Every conversation of every day: a day, then a Conversation's fields."""
        for row in self._fetch(build_report("conversations")):
            yield (read_day(row[0]), *row[1:11], read_moment(row[11]), read_moment(row[12]))

    def read_records(self) -> Iterator[Sequence[Any]]:
        """The rows of a scan for raw records, led by the names of its columns."""
        yield self._columns
        yield from self._fetch(f"SELECT * FROM fetched LIMIT {self._limit}")  # noqa: S608 - a number

    def close(self) -> None:
        """Free what the result holds."""
        self._connection.close()

    def _fetch(self, statement: str) -> Iterator[Sequence[Any]]:
        """A statement's rows; several may be read in turns. Raises EngineError."""
        with _translate_errors():
            cursor = self._connection.cursor().execute(statement)
            while rows := cursor.fetchmany(_ROWS_A_FETCH):
                yield from rows


def _connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"autoinstall_known_extensions": "false"})


def _open_result(connection: duckdb.DuckDBPyConnection, result: Path) -> tuple[duckdb.DuckDBPyRelation, str]:
    """The rows of a result, also as the relation `fetched`; and what gives a row's place in it, from 0."""
    if result.suffix == ".csv":
        open_csv(connection, result).create("fetched")  # a text would be read anew by every report
        return connection.table("fetched"), "rowid"
    rows = connection.read_parquet(str(result))
    rows.create_view("fetched")
    return rows, "file_row_number"


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError("The scan's result is gone or cannot be read; ask again.") from error


def _read_totals(row: Sequence[Any]) -> Totals:
    return Totals(*row[:6], *(None if seconds is None else read_moment(seconds) for seconds in row[6:8]))
