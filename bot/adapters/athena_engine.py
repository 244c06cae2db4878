"""The engine on AWS: the same statements on Athena, over the tables in the account's catalogue.

An execution's id is the caller's token; its hash is Athena's ClientRequestToken, so that a token started
again, by this process or by the next one, attaches to the query that it began.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.adapters.athena_failures import explain_end, explain_silence
from bot.adapters.athena_results import fetch_result, price_execution
from bot.adapters.aws import AwsError, explain, is_passing
from bot.domain.flowlog import LOG_TABLE, find_optional
from bot.domain.price import USD_PER_TB
from bot.domain.window import Window
from bot.errors import EngineError
from bot.services.fair_queue import FairQueue
from bot.services.ports import Outcome, Progress, Scan, State

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef
    from mypy_boto3_s3 import S3Client

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
FIELDS_FOR_S = 600.0
"""How long the table's columns are remembered: a statement that names one that is gone fails."""
PATIENCE_S = 60.0
"""How long throttling, AWS's own faults and lost connections are borne before a scan is given up."""
FULL_PATIENCE_S = 1800.0
"""How long a scan waits where other work fills the account's quota: as long as Athena lets a query run."""

_IDS_A_CALL = 50
_STATEMENT_LIMIT_BYTES = 262_144
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 20.0
_KEPT_ENDS = 1_000
_UNDER_WAY = Progress(State.RUNNING)
_FULL = "CONCURRENT_QUERY_LIMIT_EXCEEDED"


@dataclass(frozen=True)
class AthenaOptions:
    """Where and how queries run.

    `output` is `s3://bucket/prefix/`, or empty where the work group names it; `reuse_minutes` is how old a
    kept result of an equal statement may be, 0 for never; `queries_at_once` should stay below the account's
    quota of active DML queries (20 to 200, by region), which all its users share.
    """

    database: str
    work_group: str
    catalog: str = "AwsDataCatalog"
    output: str = ""
    reuse_minutes: int = 15
    queries_at_once: int = 5
    usd_per_tb: float = USD_PER_TB


class _Stage(Enum):
    WAITING = auto()
    STARTING = auto()
    STARTED = auto()
    ENDED = auto()


@dataclass
class _Execution:
    """One scan: `trouble_since` is when AWS began to fail the calls that it needs, on the engine's clock."""

    token: str
    scan: Scan
    stage: _Stage = _Stage.WAITING
    athena_id: str = ""
    progress: Progress = _UNDER_WAY
    report: QueryExecutionTypeDef | None = None
    trouble_since: float | None = None
    cancelled: bool = False


class AthenaEngine:
    """Runs scans on Athena and streams their results to the folder `results`, as CSV.

    At most `options.queries_at_once` queries are with Athena; the others wait here, their askers in turn.
    `poll` is what moves everything on; it asks AWS at most every two seconds, once for all queries.
    """

    name = "Athena"
    computes_once = False

    def __init__(
        self,
        athena: AthenaClient,
        s3: S3Client,
        options: AthenaOptions,
        results: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._athena = athena
        self._s3 = s3
        self._options = options
        self._results = results
        self._clock = clock
        self._executions: dict[str, _Execution] = {}
        self._queue: FairQueue[str] = FairQueue()
        self._changed = threading.Condition(threading.RLock())
        self._fields: frozenset[str] = frozenset()
        self._fields_until = float("-inf")
        self._look_at = 0.0
        self._resume_at = 0.0
        self._pause_s = 0.0

    def find_fields(self) -> frozenset[str]:
        """Which of the OPTIONAL fields the table has, as AWS told in the last minutes; none before it did."""
        if self._clock() >= self._fields_until:
            found = self._read_fields()
            if found is not None:
                self._fields, self._fields_until = found, self._clock() + FIELDS_FOR_S
        return self._fields

    def start(self, token: str, scan: Scan) -> str:
        """Take a scan; the token is its execution's id. Where Athena refuses it, `poll` says why."""
        with self._changed:
            if token not in self._executions:
                self._executions[token] = _Execution(token, scan)
                self._queue.push(scan.asked_by, token)
        self._launch_due()
        return token

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of each execution; one that was fetched, or of an earlier process, is failed."""
        self._refresh()
        self._launch_due()
        with self._changed:
            return {id_: self._progress_of(id_) for id_ in execution_ids}

    def wait(self, timeout_s: float) -> None:
        """Return when it is time to poll again, after `timeout_s` seconds at the latest."""
        with self._changed:
            self._changed.wait(max(0.0, min(timeout_s, self._look_at - self._clock())))

    def cancel(self, execution_id: str) -> None:
        """Stop an execution. Where AWS cannot be told, it runs on, and `poll` keeps saying so."""
        with self._changed:
            execution = self._executions.get(execution_id)
            if execution is None:
                return
            execution.cancelled = True
            if self._queue.remove(execution.scan.asked_by, execution_id):
                self._end(execution, Progress(State.CANCELLED))
        if execution.stage is _Stage.STARTED:
            self._stop(execution)

    def abandon(self, execution_id: str) -> None:
        """Take no more interest in an execution: its query runs on, for whoever starts its token again."""
        with self._changed:
            execution = self._executions.pop(execution_id, None)
            if execution is not None:
                self._queue.remove(execution.scan.asked_by, execution_id)

    def fetch(self, execution_id: str) -> Outcome:
        """The outcome of an execution that succeeded; the engine forgets it then. Raises EngineError."""
        with self._changed:
            execution = self._executions.pop(execution_id, None)
        if execution is None or execution.report is None:
            raise EngineError("The engine does not know this execution.")
        path = self._results / f"{hash_token(execution_id)}.csv"
        fetch_result(self._s3, execution.report, path)
        return Outcome(path, price_execution(execution.report, self._options.usd_per_tb))

    def close(self) -> None:
        """Close the connections; queries that are with Athena run on."""
        self._athena.close()
        self._s3.close()

    def _progress_of(self, execution_id: str) -> Progress:
        execution = self._executions.get(execution_id)
        if execution is None:
            return Progress(State.FAILED, "The engine does not know this execution.")
        return execution.progress

    def _read_fields(self) -> frozenset[str] | None:
        options = self._options
        try:
            table = self._athena.get_table_metadata(
                CatalogName=options.catalog, DatabaseName=options.database, TableName=LOG_TABLE
            )["TableMetadata"]
        except AwsError as error:  # what these fields tell is worth less than an answer
            _log.warning("the columns of %s could not be read: %s", LOG_TABLE, error)
            return None
        return find_optional({column["Name"]: column.get("Type", "") for column in table.get("Columns", [])})

    # Starting

    def _launch_due(self) -> None:
        while (execution := self._take_next()) is not None:
            self._launch(execution)

    def _take_next(self) -> _Execution | None:
        with self._changed:
            busy = sum(one.stage in {_Stage.STARTING, _Stage.STARTED} for one in self._executions.values())
            full = busy >= self._options.queries_at_once
            if full or not len(self._queue) or self._clock() < self._resume_at:
                return None
            execution = self._executions[self._queue.pop()]
            execution.stage = _Stage.STARTING
            return execution

    def _launch(self, execution: _Execution) -> None:
        if len(execution.scan.statement.encode()) > _STATEMENT_LIMIT_BYTES:
            sentence = "The statement is longer than Athena takes; ask about fewer blocks at once."
            self._end(execution, Progress(State.FAILED, sentence))
            return
        try:
            started = self._athena.start_query_execution(**self._build_request(execution))
        except AwsError as error:
            self._postpone(execution, error)
            return
        with self._changed:
            execution.athena_id = started["QueryExecutionId"]
            execution.stage, execution.trouble_since, self._pause_s = _Stage.STARTED, None, 0.0
        _log.info("%s is query %s", execution.token, execution.athena_id)
        if execution.cancelled:
            self._stop(execution)

    def _build_request(self, execution: _Execution) -> Any:
        options = self._options
        reuse = {"Enabled": True, "MaxAgeInMinutes": options.reuse_minutes}
        request: dict[str, Any] = {
            "QueryString": execution.scan.statement,
            "ClientRequestToken": hash_token(execution.token),
            "QueryExecutionContext": {"Database": options.database, "Catalog": options.catalog},
            "WorkGroup": options.work_group,
            "ResultReuseConfiguration": {
                "ResultReuseByAgeConfiguration": reuse if options.reuse_minutes else {"Enabled": False}
            },
        }
        if options.output:
            request["ResultConfiguration"] = {"OutputLocation": options.output}
        return request

    def _postpone(self, execution: _Execution, error: Exception) -> None:
        """Back to the head of the queue after what passes, with doubling pauses; else the scan failed."""
        _log.warning("%s could not be started: %s", execution.token, error)
        now = self._clock()
        with self._changed:
            since = execution.trouble_since = (
                now if execution.trouble_since is None else execution.trouble_since
            )
            patience_s = FULL_PATIENCE_S if _is_full(error) else PATIENCE_S
            if self._executions.get(execution.token) is not execution:
                return  # it was abandoned meanwhile
            if execution.cancelled:
                self._end(execution, Progress(State.CANCELLED))
            elif not is_passing(error) or now - since >= patience_s:
                self._end(execution, Progress(State.FAILED, explain(error, "start the scan")))
            else:
                execution.stage = _Stage.WAITING
                self._queue.push_back(execution.scan.asked_by, execution.token)
                self._pause_s = min(max(_FIRST_PAUSE_S, 2 * self._pause_s), _LONGEST_PAUSE_S)
                self._resume_at = now + self._pause_s

    # Looking

    def _refresh(self) -> None:
        with self._changed:
            if self._clock() < self._look_at:
                return
            self._look_at = self._clock() + LOOK_EVERY_S
            started = {one.athena_id: one for one in self._executions.values() if one.stage is _Stage.STARTED}
        for ids in _split(list(started), _IDS_A_CALL):
            self._look({id_: started[id_] for id_ in ids})

    def _look(self, started: dict[str, _Execution]) -> None:
        try:
            answer = self._athena.batch_get_query_execution(QueryExecutionIds=list(started))
        except AwsError as error:
            _log.warning("the queries could not be looked at: %s", error)
            for execution in started.values():
                self._bear(execution, explain(error, "look at the scan"))
            return
        for report in answer.get("QueryExecutions", []):
            self._note(started[report["QueryExecutionId"]], report)
        for missed in answer.get("UnprocessedQueryExecutionIds", []):
            reason = f"AWS answered {missed.get('ErrorCode')}: {missed.get('ErrorMessage')}"
            self._bear(started[missed["QueryExecutionId"]], reason)

    def _note(self, execution: _Execution, report: QueryExecutionTypeDef) -> None:
        execution.trouble_since = None
        match report["Status"]["State"]:
            case "SUCCEEDED":
                execution.report = report
                self._end(execution, Progress(State.SUCCEEDED))
            case "FAILED" | "CANCELLED":
                reason = explain_end(report, _find_narrowable(execution.scan), self._read_cutoff)
                _log.warning("query %s ended: %s", execution.athena_id, report["Status"])
                self._end(execution, Progress(State.FAILED if reason else State.CANCELLED, reason))
            # QUEUED and RUNNING, in whatever order: it is under way.

    def _bear(self, execution: _Execution, reason: str) -> None:
        """Bear it that nothing is known of a query, for a while: it runs on, whatever its watcher sees."""
        now = self._clock()
        if execution.trouble_since is None:
            execution.trouble_since = now
        silent_s = now - execution.trouble_since
        if silent_s >= PATIENCE_S:
            self._stop(execution)
            self._end(execution, Progress(State.FAILED, explain_silence(silent_s, reason)))

    def _read_cutoff(self) -> int:
        try:
            group = self._athena.get_work_group(WorkGroup=self._options.work_group)["WorkGroup"]
        except AwsError as error:
            _log.warning("the work group could not be read: %s", error)
            return 0
        return group.get("Configuration", {}).get("BytesScannedCutoffPerQuery", 0)

    # Ending

    def _stop(self, execution: _Execution) -> None:
        try:
            self._athena.stop_query_execution(QueryExecutionId=execution.athena_id)
        except AwsError as error:
            _log.warning("query %s could not be stopped: %s", execution.athena_id, error)

    def _end(self, execution: _Execution, progress: Progress) -> None:
        with self._changed:
            execution.stage, execution.progress = _Stage.ENDED, progress
            ended = [one.token for one in self._executions.values() if one.stage is _Stage.ENDED]
            for token in ended[:-_KEPT_ENDS]:
                del self._executions[token]
            self._changed.notify_all()


def hash_token(token: str) -> str:
    """A ClientRequestToken: Athena takes 32 to 128 characters."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_full(error: Exception) -> bool:
    """Whether the account's quota of active queries is used up, which ends when some query does."""
    return getattr(error, "response", {}).get("Reason") == _FULL


def _split(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _find_narrowable(scan: Scan) -> Window:
    """What fewer days can be asked of: the asked window, or one day with the one it is compared with."""
    asked = scan.question.window
    return asked if len(asked.days) > 1 else scan.window
