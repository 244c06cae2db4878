"""The embedded engine: the same statements on DuckDB, over the log files as AWS delivers them."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyarrow import fs

from bot.adapters.duckdb_execution import Execution
from bot.adapters.flowlog_layout import LogFile, explain, find_log_files, open_logs
from bot.adapters.flowlog_reader import FlowLogReader
from bot.adapters.flowlog_witnesses import Sought, list_sought
from bot.adapters.log_cache import NO_COPIES, LogCache
from bot.domain.cost import Cost
from bot.domain.flowlog import FIELDS, OPTIONAL, SCANNED
from bot.errors import EngineError, OperatorError
from bot.services.ports import Outcome, Progress, Scan, State

_REMEMBERED = 1000

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
        self._executions: dict[str, Execution] = {}
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
                execution = Execution()
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

    def _run(self, token: str, scan: Scan, execution: Execution) -> None:
        outcome = None
        try:
            outcome = self._scan(token, scan, execution)
            progress = Progress(State.SUCCEEDED)
        except Exception as error:  # noqa: BLE001 - whoever polls must hear of every end
            progress = _judge(error, execution)
        self._end(execution, progress, outcome)
        execution.release()

    def _end(self, execution: Execution, progress: Progress, outcome: Outcome | None = None) -> None:
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

    def _scan(self, token: str, scan: Scan, execution: Execution) -> Outcome:
        system, root = open_logs(self._logs)
        files = list(execution.watch(find_log_files(system, root, scan.window)))
        reader = self._build_reader(system, root, files, scan)
        result = self._results / f"{token}.parquet"
        try:
            execution.read(reader)
            records = reader.open()
            # DuckDB is loaded while the first of them are read.
            from bot.adapters.duckdb_statement import run_statement  # noqa: PLC0415

            self._results.mkdir(parents=True, exist_ok=True)
            run_statement(scan, reader, records, result, self._workers, execution)
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


def _judge(error: Exception, execution: Execution) -> Progress:
    if execution.is_cancelled:
        return Progress(State.CANCELLED)
    if isinstance(error, OperatorError):
        return Progress(State.FAILED, str(error))
    reference = uuid.uuid4().hex[:8]
    _log.error("%s: a scan failed", reference, exc_info=error)
    return Progress(
        State.FAILED, f"Something unexpected went wrong in the scan; the log has it under {reference}."
    )


def _count_bytes(files: Sequence[LogFile]) -> int:
    return sum(file.size for file in files)
