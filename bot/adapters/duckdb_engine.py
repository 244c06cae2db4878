"""The embedded engine: the same statements on DuckDB, over the log files as AWS delivers them."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
from pyarrow import fs, parquet

from bot.adapters.duckdb_membership import tell_by_numbers
from bot.adapters.flowlog_candidates import add_others
from bot.adapters.flowlog_layout import LogFile, explain, find_log_files, open_logs
from bot.adapters.flowlog_numbers import ADDRESS_NUMBERS, number_texts, with_address_numbers
from bot.adapters.flowlog_reader import FlowLogReader, StoppedError
from bot.adapters.flowlog_witnesses import Sought, list_sought
from bot.adapters.log_cache import NO_COPIES, LogCache
from bot.domain.answer import Cost
from bot.domain.flowlog import FIELDS, OPTIONAL, SCANNED
from bot.errors import EngineError, OperatorError
from bot.services.ports import Outcome, Progress, Scan, State

_ROWS_A_WRITE = 2**16
_REMEMBERED = 1000

T = TypeVar("T")

_log = logging.getLogger(__name__)


class DuckDBEngine:
    """Runs scans over the flow logs in a folder (or under `s3://`), writing results to `results` as Parquet.

    At most `workers` scans run at once. Nothing is opened before the first scan starts. What was read is
    found again in `copies`, where there are any.
    """

    name = "DuckDB"
    computes_once = True

    def __init__(
        self,
        logs: str,
        results: Path,
        workers: int = 2,
        copies: LogCache | None = None,
    ) -> None:
        self._logs = logs
        self._results = results
        self._workers = workers
        self._copies = copies
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="duckdb-scan")
        self._executions: dict[str, _Execution] = {}
        self._changed = threading.Condition()
        self._has_news = False
        self._is_closed = False

    def find_fields(self) -> frozenset[str]:
        """All of the OPTIONAL ones: the reader gives nothing for those that a file lacks."""
        return frozenset(OPTIONAL)

    def start(self, token: str, scan: Scan) -> str:
        """Start a scan; the token is its execution's id. Raises EngineError where the engine is closed."""
        with self._changed:
            if token not in self._executions:
                if self._is_closed:
                    raise EngineError("The engine is closed.")
                execution = _Execution()
                execution.future = self._pool.submit(self._run, token, scan, execution)
                self._executions[token] = execution
        return token

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of each execution; one of an earlier process is failed."""
        with self._changed:
            found = {id_: self._executions.get(id_) for id_ in execution_ids}
        unknown = Progress(State.FAILED, "the engine does not know this execution")
        return {id_: execution.progress if execution else unknown for id_, execution in found.items()}

    def wait(self, timeout_s: float) -> None:
        """Return when a scan has ended since the last wait, after `timeout_s` seconds at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_news, timeout_s)
            self._has_news = False

    def cancel(self, execution_id: str) -> None:
        """Stop a scan; one that has ended stays as it is."""
        with self._changed:
            execution = self._executions.get(execution_id)
        if execution is None:
            return
        if execution.future.cancel():  # it had not begun
            self._end(execution, Progress(State.CANCELLED))
        else:
            execution.stop()

    def abandon(self, execution_id: str) -> None:
        """Stop a scan and forget it: whoever starts its token again begins anew."""
        self.cancel(execution_id)
        with self._changed:
            self._executions.pop(execution_id, None)

    def fetch(self, execution_id: str) -> Outcome:
        """The outcome of a scan that succeeded; the engine forgets it then. Raises EngineError."""
        with self._changed:
            execution = self._executions.get(execution_id)
            if execution is None:
                raise EngineError("The scan's result is gone; ask again.")
            if execution.outcome is None:
                raise EngineError(execution.progress.reason or f"The scan is {execution.progress.state}.")
            del self._executions[execution_id]
            return execution.outcome

    def close(self) -> None:
        """Stop every scan and the threads, and remove the results that nobody fetched."""
        with self._changed:
            self._is_closed = True
            executions = dict(self._executions)
        for execution_id in executions:
            self.cancel(execution_id)
        self._pool.shutdown()
        for execution in executions.values():
            if execution.outcome is not None and execution.future.done():
                execution.outcome.result.unlink(missing_ok=True)

    def _run(self, token: str, scan: Scan, execution: _Execution) -> None:
        outcome = None
        try:
            outcome = self._scan(token, scan, execution)
            progress = Progress(State.SUCCEEDED)
        except Exception as error:  # noqa: BLE001 - whoever polls must hear of every end
            progress = _judge(error, execution)
        self._end(execution, progress, outcome)
        execution.release()

    def _end(self, execution: _Execution, progress: Progress, outcome: Outcome | None = None) -> None:
        with self._changed:
            execution.outcome, execution.progress = outcome, progress
            self._forget_old()
            self._has_news = True
            self._changed.notify_all()

    def _forget_old(self) -> None:
        """Scans that failed or were cancelled are never fetched: keep but the last of them."""
        lost = [
            id_
            for id_, execution in self._executions.items()
            if execution.progress.state in {State.FAILED, State.CANCELLED}
        ]
        for execution_id in lost[:-_REMEMBERED]:
            del self._executions[execution_id]

    def _scan(self, token: str, scan: Scan, execution: _Execution) -> Outcome:
        system, root = open_logs(self._logs)
        files = list(execution.watch(find_log_files(system, root, scan.window)))
        reader = self._build_reader(system, root, files, scan)
        try:
            execution.read(reader)
            records = reader.open()
            # Only the log's own records name their interface; a scan tells them from one another.
            records = records if scan.is_raw else number_texts(records, "interface_id")
            self._results.mkdir(parents=True, exist_ok=True)
            with _connect(self._results / f".{uuid.uuid4().hex}.spill", self._workers) as connection:
                execution.compute(connection)
                connection.register("vpcflowlogstable", with_address_numbers(records))
                rows = _define_rows(connection, scan).to_arrow_reader(_ROWS_A_WRITE)
                batches = execution.watch(_translate_errors(rows))
                if "records" in rows.schema.names:  # raw rows have no coverage
                    batches = add_others(batches, reader.others)
                result = _write_whole(self._results / f"{token}.parquet", rows.schema, batches)
        except duckdb.Error as error:
            raise EngineError(_describe(error)) from error
        except OSError as error:
            raise EngineError(
                f"The result could not be written to {self._results}: {explain(error)}."
            ) from error
        finally:
            execution.detach()
        return Outcome(result, Cost(_count_bytes(files), 0.0), reader.problems)

    def _build_reader(
        self, system: fs.FileSystem, root: str, files: Sequence[LogFile], scan: Scan
    ) -> FlowLogReader:
        wanted = tuple(FIELDS) if scan.is_raw else SCANNED
        copies = NO_COPIES
        if self._copies is not None and not scan.is_raw:  # which asks for more fields than they hold
            copies = self._copies.open(system, self._logs, time.time())
        sought = Sought(scan.question.asked.blocks) if scan.is_raw else list_sought(scan.question)
        return FlowLogReader(system, root, files, wanted, os.cpu_count() or 1, sought, copies)


class _Execution:
    """One scan under way: how far it is, and what must be told to stop."""

    def __init__(self) -> None:
        self.progress = Progress(State.RUNNING)
        self.outcome: Outcome | None = None
        self.future: Future[None] = Future()
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._reader: FlowLogReader | None = None

    def read(self, reader: FlowLogReader) -> None:
        """From now on, this is to be stopped. Raises StoppedError where that is too late."""
        with self._lock:
            self._reader = reader
            self._check()

    def compute(self, connection: duckdb.DuckDBPyConnection) -> None:
        """From now on, this is to be stopped, too. Raises StoppedError where that is too late."""
        with self._lock:
            self._connection = connection
            self._check()

    def detach(self) -> None:
        """The statement has ended, and nobody needs more records."""
        with self._lock:
            self._connection = None
            if self._reader is not None:
                self._reader.stop()

    def release(self) -> None:
        """Wait for the threads that read; storage that hangs keeps nobody else waiting."""
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.join()

    def stop(self) -> None:
        """Stop the scan wherever it is."""
        with self._lock:
            self.is_cancelled = True
            if self._reader is not None:
                self._reader.stop()
            if self._connection is not None:
                with contextlib.suppress(duckdb.Error):  # it may have been closed in between
                    self._connection.interrupt()

    def watch(self, items: Iterable[T]) -> Iterator[T]:
        """The items, as long as nobody stops the scan. Raises StoppedError then."""
        for item in items:
            self._check()
            yield item

    def _check(self) -> None:
        if self.is_cancelled:
            raise StoppedError


@contextlib.contextmanager
def _connect(spill: Path, shares: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with its share of the memory, which spills what is too large for it into a folder."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "memory_limit": f"{max(1, 80 // shares)}%",
        "temp_directory": str(spill),
    }
    try:
        with duckdb.connect(config=config) as connection:
            yield connection
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _define_rows(connection: duckdb.DuckDBPyConnection, scan: Scan) -> duckdb.DuckDBPyRelation:
    """The rows of a scan; raw ones have what a record has, and no numbers of ours."""
    rows = connection.sql(tell_by_numbers(scan.statement, scan.question.blocks))
    return rows.project(f"* EXCLUDE ({', '.join(ADDRESS_NUMBERS.values())})") if scan.is_raw else rows


def _write_whole(whole: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Path:
    """Write the rows into a file that appears only when it is whole."""
    half = whole.with_suffix(f".{uuid.uuid4().hex}.half")
    try:
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        # Numbers are written as they are: sought in a dictionary first, they take longer and more room.
        with parquet.ParquetWriter(half, schema, compression="zstd", use_dictionary=texts) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return half.replace(whole)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _judge(error: Exception, execution: _Execution) -> Progress:
    if execution.is_cancelled:
        return Progress(State.CANCELLED)
    if isinstance(error, OperatorError):
        return Progress(State.FAILED, str(error))
    reference = uuid.uuid4().hex[:8]
    _log.error("%s: a scan failed", reference, exc_info=error)
    return Progress(
        State.FAILED, f"Something unexpected went wrong in the scan; the log has it under {reference}."
    )


def _translate_errors(rows: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows; what fails while they are made is the statement's failure, though Arrow tells it."""
    try:
        yield from rows
    except (pa.ArrowException, OSError) as error:
        raise EngineError(_describe(error)) from error


def _describe(error: Exception) -> str:
    return f"DuckDB could not run the scan: {str(error).partition(chr(10))[0]}"


def _count_bytes(files: Sequence[LogFile]) -> int:
    return sum(file.size for file in files)
