"""Athena's executions: they outlive whoever started them, and one token starts one of them."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.athena_statement import StatementError
from tests.faults.aws_calls import AwsRefusalError

_AT_ONCE = 2
OWN, STATEMENT = 1, 2
"""Athena's categories of failures: its own, and the statement's."""
_ENDED = {"SUCCEEDED", "FAILED", "CANCELLED"}

Run = Callable[[str, str], int]
"""Runs a statement, leaving its result at a location in S3, and answers the bytes that it read."""


@dataclass
class Execution:
    """One query: what was asked, as StartQueryExecution has it, and how far it is."""

    request: Mapping[str, Any]
    location: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    reason: str = ""
    category: int = STATEMENT
    scanned_bytes: int = 0
    submitted: float = field(default_factory=time.time)
    completed: float = 0.0

    @property
    def statement(self) -> str:
        """The text that was asked for."""
        return str(self.request["QueryString"])

    def describe(self) -> dict[str, Any]:
        """Answer it as GetQueryExecution does."""
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.reason:
            error = {"ErrorCategory": self.category, "Retryable": False, "ErrorMessage": self.reason}
            status |= {"StateChangeReason": self.reason, "AthenaError": error}
        if self.state in _ENDED:
            status["CompletionDateTime"] = self.completed
        return {
            "QueryExecutionId": self.id,
            "Query": self.statement,
            "StatementType": "DML",
            "WorkGroup": self.request["WorkGroup"],
            "ResultConfiguration": {"OutputLocation": self.location},
            "Status": status,
            "Statistics": {"DataScannedInBytes": self.scanned_bytes},
        }


class Executions:
    """All executions, each run in a thread, two at a time; `changed` is called whenever one moves on."""

    def __init__(self, run: Run, output: str, work_group: str, changed: Callable[[], None]) -> None:
        self._run_statement = run
        self._output = output
        self._work_group = work_group
        self._changed = changed
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(_AT_ONCE)
        self._released = threading.Event()
        self._released.set()
        self._by_id: dict[str, Execution] = {}
        self._by_token: dict[str, Execution] = {}
        self._failures: deque[tuple[str, int]] = deque()
        self._threads: list[threading.Thread] = []
        self.started: list[str] = []
        self.stopped: list[str] = []

    def start(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """StartQueryExecution."""
        self._require_work_group(request["WorkGroup"])
        token = request["ClientRequestToken"]
        with self._lock:
            known = self._by_token.get(token)
            if known is not None and known.request != request:
                raise AwsRefusalError("InvalidRequestException", "Idempotent parameters do not match")
            execution = known or self._begin(token, request)
        return {"QueryExecutionId": execution.id}

    def _begin(self, token: str, request: Mapping[str, Any]) -> Execution:
        output = request.get("ResultConfiguration", {}).get("OutputLocation") or self._output
        execution = Execution(request, output)
        execution.location = f"{output.rstrip('/')}/{execution.id}.csv"
        self._by_id[execution.id] = self._by_token[token] = execution
        self.started.append(execution.id)
        thread = threading.Thread(target=self._run, args=[execution], name="athena-execution", daemon=True)
        self._threads.append(thread)
        thread.start()
        return execution

    def get(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """GetQueryExecution."""
        return {"QueryExecution": self._require(request["QueryExecutionId"]).describe()}

    def get_many(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """BatchGetQueryExecution."""
        found = {id_: self._by_id.get(id_) for id_ in request["QueryExecutionIds"]}
        missing = [
            {"QueryExecutionId": id_, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"{id_} was not found"}
            for id_, execution in found.items()
            if execution is None
        ]
        described = [execution.describe() for execution in found.values() if execution is not None]
        return {"QueryExecutions": described, "UnprocessedQueryExecutionIds": missing}

    def stop(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """StopQueryExecution; one that has ended stays as it is."""
        execution = self._require(request["QueryExecutionId"])
        self.stopped.append(execution.id)
        self._move(execution, "CANCELLED")
        return {}

    def get_work_group(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """GetWorkGroup."""
        self._require_work_group(request["WorkGroup"])
        configuration = {
            "ResultConfiguration": {"OutputLocation": self._output},
            "EnforceWorkGroupConfiguration": False,
            "BytesScannedCutoffPerQuery": 10**12,
        }
        return {
            "WorkGroup": {"Name": self._work_group, "State": "ENABLED", "Configuration": configuration},
        }

    def hold(self) -> None:
        """Let nothing end by itself from now on."""
        self._released.clear()

    def release(self) -> None:
        """Let what was held end."""
        self._released.set()

    def fail_next(self, reason: str, category: int) -> None:
        """Let the next execution that is run fail."""
        self._failures.append((reason, category))

    def close(self) -> None:
        """Cancel what is under way, and wait for the threads."""
        for execution in list(self._by_id.values()):
            self._move(execution, "CANCELLED")
        self.release()
        for thread in self._threads:
            thread.join()

    def _run(self, execution: Execution) -> None:
        with self._turn:
            if not self._move(execution, "RUNNING"):
                return
            end = self._try(execution)
        self._released.wait()
        self._move(execution, *end)

    def _try(self, execution: Execution) -> tuple[str, str, int]:
        """The state that it ends in, and why and by whose fault where it failed."""
        try:
            if self._failures:
                return ("FAILED", *self._failures.popleft())
            execution.scanned_bytes = self._run_statement(execution.statement, execution.location)
        except StatementError as error:
            return "FAILED", str(error), STATEMENT
        except Exception as error:  # noqa: BLE001 - what fails here must be seen where it is asked for
            return "FAILED", f"GENERIC_INTERNAL_ERROR: {error!r}", OWN
        return "SUCCEEDED", "", STATEMENT

    def _move(self, execution: Execution, state: str, reason: str = "", category: int = STATEMENT) -> bool:
        """Go to a state, unless it has ended; whether it did."""
        with self._lock:
            if execution.state in _ENDED:
                return False
            execution.state, execution.reason, execution.category = state, reason, category
            execution.completed = time.time()
        self._changed()
        return True

    def _require(self, id_: str) -> Execution:
        if id_ not in self._by_id:
            raise AwsRefusalError("InvalidRequestException", f"QueryExecution {id_} was not found")
        return self._by_id[id_]

    def _require_work_group(self, name: str) -> None:
        if name != self._work_group:
            raise AwsRefusalError("InvalidRequestException", f"WorkGroup {name} is not found.")
