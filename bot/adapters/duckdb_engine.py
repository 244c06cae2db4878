"""The embedded engine: the same statements on DuckDB, over the log files as AWS delivers them."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import duckdb
from pyarrow import parquet

from bot.adapters.flowlog_layout import LogFile, find_log_files, open_logs
from bot.adapters.flowlog_reader import FlowLogReader
from bot.domain.answer import Cost
from bot.domain.cidr import Block
from bot.domain.flowlog import FIELDS, NEEDED
from bot.errors import EngineError
from bot.services.ports import Outcome, Progress, Scan, State

_ROWS_A_WRITE = 2**16


class ExpansionFiles(Protocol):
    """Where the expansions are, as files."""

    def path_of(self, block: Block) -> Path:
        """The file with the block's expansion. Raises EngineError where it is not there and whole."""


class _Execution:
    """One scan under way: what must be told to stop, and what it gave."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.connection: duckdb.DuckDBPyConnection | None = None
        self.future: Future[Outcome] = Future()


class DuckDBEngine:
    """Runs scans over the flow logs in a folder (or under `s3://`), writing results to `results` as Parquet.

    At most `workers` scans run at once. Nothing is opened before the first scan starts.
    """

    name = "DuckDB"

    def __init__(self, logs: str, expansions: ExpansionFiles, results: Path, workers: int = 2) -> None:
        self._logs = logs
        self._expansions = expansions
        self._results = results
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="duckdb-scan")
        self._executions: dict[str, _Execution] = {}
        self._ended = threading.Condition()

    def start(self, token: str, scan: Scan) -> str:
        """Start a scan; the token is its execution's id."""
        if token not in self._executions:
            execution = self._executions[token] = _Execution()
            execution.future = self._pool.submit(self._run, token, scan, execution)
            execution.future.add_done_callback(self._notify)
        return token

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of each execution; one of an earlier process is failed."""
        return {id_: self._progress_of(id_) for id_ in execution_ids}

    def wait(self, timeout_s: float) -> None:
        """Return when a scan has ended, after `timeout_s` seconds at the latest."""
        with self._ended:
            self._ended.wait(timeout_s)

    def cancel(self, execution_id: str) -> None:
        """Interrupt a scan."""
        execution = self._executions.get(execution_id)
        if execution is not None:
            execution.cancelled.set()
            execution.future.cancel()
            if execution.connection is not None:
                execution.connection.interrupt()

    def fetch(self, execution_id: str) -> Outcome:
        """The outcome of a scan that succeeded; the engine forgets it then."""
        return self._executions.pop(execution_id).future.result()

    def close(self) -> None:
        """Stop every scan and the threads."""
        for execution_id in list(self._executions):
            self.cancel(execution_id)
        self._pool.shutdown()

    def _notify(self, _: Future[Outcome]) -> None:
        with self._ended:
            self._ended.notify_all()

    def _progress_of(self, execution_id: str) -> Progress:
        execution = self._executions.get(execution_id)
        if execution is None:
            return Progress(State.FAILED, "the engine does not know this execution")
        if not execution.future.done():
            return Progress(State.RUNNING)
        if execution.cancelled.is_set():
            return Progress(State.CANCELLED)
        return _judge(execution.future)

    def _run(self, token: str, scan: Scan, execution: _Execution) -> Outcome:
        system, root = open_logs(self._logs)
        files = list(find_log_files(system, root, scan.question.window))
        wanted = tuple(FIELDS) if scan.is_raw else tuple(NEEDED)
        reader = FlowLogReader(system, root, files, wanted, os.cpu_count() or 1)
        try:
            with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
                execution.connection = connection
                self._load_expansions(connection, scan.question.blocks)
                result = self._write_result(connection, scan, reader, token)
        except duckdb.Error as error:
            raise EngineError(f"DuckDB could not run the scan: {_first_line(error)}") from error
        except OSError as error:
            raise EngineError(f"The result could not be written: {error.strerror}") from error
        finally:
            execution.connection = None
            reader.stop()
        return Outcome(result, Cost(_count_bytes(files), 0.0), reader.problems)

    def _load_expansions(self, connection: duckdb.DuckDBPyConnection, blocks: Sequence[Block]) -> None:
        connection.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
        for block in sorted(set(blocks)):
            path = str(self._expansions.path_of(block))
            connection.execute(
                "INSERT INTO cidrtable SELECT cidr, ip FROM read_csv(?, header = false, delim = ',', "
                "quote = '', auto_detect = false, columns = {'cidr': 'VARCHAR', 'ip': 'VARCHAR'})",
                [path],
            )

    def _write_result(
        self, connection: duckdb.DuckDBPyConnection, scan: Scan, reader: FlowLogReader, token: str
    ) -> Path:
        """Run the statement into a file that appears only when it is whole."""
        self._results.mkdir(parents=True, exist_ok=True)
        whole = self._results / f"{token}.parquet"
        half = whole.with_suffix(".half")
        connection.register("vpcflowlogstable", reader.open())
        rows = connection.sql(scan.statement).to_arrow_reader(_ROWS_A_WRITE)
        with parquet.ParquetWriter(half, rows.schema, compression="zstd") as writer:
            for batch in rows:
                writer.write_batch(batch)
        half.replace(whole)
        return whole


def _judge(future: Future[Outcome]) -> Progress:
    try:
        error = future.exception()
    except CancelledError:
        return Progress(State.CANCELLED)
    if error is None:
        return Progress(State.SUCCEEDED)
    if isinstance(error, EngineError):
        return Progress(State.FAILED, str(error))
    raise error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _count_bytes(files: Sequence[LogFile]) -> int:
    return sum(file.size for file in files)
