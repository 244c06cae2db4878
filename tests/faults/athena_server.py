"""Athena and S3 on loopback, in the test's own process, for a bot that runs in another one."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.local_slack.hooks import Action, Hooks, Moment
from tests.faults.athena_executions import STATEMENT, Executions
from tests.faults.athena_statement import run_statement
from tests.faults.aws_calls import Answer, AwsRefusalError, Call, decode_chunks, write_json
from tests.faults.s3_buckets import Buckets

HOST = "127.0.0.1"
WORK_GROUP, DATABASE = "vpccidr", "vpccidr"
CIDRS, RESULTS, LOGS = "vpccidr-cidrs", "vpccidr-results", "vpccidr-logs"
_TARGET = "AmazonAthena."
_PATIENCE_S = 60
_GRACE_S = 1.0

T = TypeVar("T")


class AthenaServer:
    """Runs the bot's statements on DuckDB over the folder `logs`, and keeps buckets in `folder`.

    A context manager: it listens inside the `with`. What it has started and what it holds outlives any bot.
    Unlike Athena it ignores the reuse of results and takes any credentials. All methods may be called from
    any thread.
    """

    def __init__(self, folder: Path, logs: Path) -> None:
        self._logs = logs
        self._folders = {CIDRS: folder / "cidrs", RESULTS: folder / "results", LOGS: logs}
        for bucket in self._folders.values():
            bucket.mkdir(parents=True, exist_ok=True)
        self._buckets = Buckets(self._folders)
        self._executions = Executions(self._run_statement, f"s3://{RESULTS}/", WORK_GROUP, self._tell_change)
        self._changed = threading.Condition()
        self._calls: Counter[str] = Counter()
        self._faults: dict[str, deque[AwsRefusalError]] = {}
        self._hooks = Hooks()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="athena-server", daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        """Listen, on any free port."""
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel what is under way, and end every connection and thread."""
        self._executions.close()
        self._do(self._runner.cleanup())
        self._do(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # What the bot is given.

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead boto3 here; no service of AWS's is called anywhere else."""
        return self.environ_at(self.url)

    @staticmethod
    def environ_at(url: str) -> dict[str, str]:
        """The same for another address of this server's, such as a proxy's in between."""
        endpoints = (
            "AWS_ENDPOINT_URL",
            *(f"AWS_ENDPOINT_URL_{name}" for name in ("ATHENA", "S3", "STS", "GLUE")),
        )
        return dict.fromkeys(endpoints, url) | {
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def settings_environ(self) -> dict[str, str]:
        """The bot's own settings for Athena: its tables, its work group and its buckets."""
        return {
            "VPCCIDR_ENGINE": "athena",
            "VPCCIDR_ATHENA_DATABASE": DATABASE,
            "VPCCIDR_ATHENA_WORKGROUP": WORK_GROUP,
            "VPCCIDR_ATHENA_OUTPUT": f"s3://{RESULTS}/answers/",
            "VPCCIDR_CIDR_BUCKET": f"s3://{CIDRS}/cidrs/",
            "VPCCIDR_LOGS": f"s3://{LOGS}/",
        }

    # What happened.

    @property
    def started(self) -> list[str]:
        """The ids of all executions, in the order in which they were started."""
        return list(self._executions.started)

    @property
    def stopped(self) -> list[str]:
        """The ids that StopQueryExecution was called with, as often as it was."""
        return list(self._executions.stopped)

    @property
    def calls(self) -> Counter[str]:
        """How often each operation was called, refused calls too: `StartQueryExecution`, `PutObject`."""
        with self._changed:
            return self._calls.copy()

    def state_of(self, execution_id: str) -> str:
        """The state of an execution, in Athena's words."""
        described = self._executions.get({"QueryExecutionId": execution_id})["QueryExecution"]
        return str(described["Status"]["State"])

    def keys(self, bucket: str = CIDRS) -> list[str]:
        """The keys of a bucket's objects, sorted."""
        folder = self._folders[bucket]
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def wait_for(self, predicate: Callable[[AthenaServer], T], timeout_s: float = _PATIENCE_S) -> T:
        """Answer the first true value of `predicate(self)`, asked again after each call and change of state.

        Raises TimeoutError.
        """
        with self._changed:
            value = self._changed.wait_for(lambda: predicate(self), timeout_s)
        if value:
            return value
        raise TimeoutError(f"nothing of the kind within {timeout_s:g} s; the calls: {self.calls}")

    # What goes wrong.

    def hold(self) -> None:
        """Let executions stay RUNNING, those that are under way too, until `release` or their stop."""
        self._executions.hold()

    def release(self) -> None:
        """Let what was held end as it does."""
        self._executions.release()

    def fail_next(
        self,
        operation: str,
        code: str,
        message: str = "",
        *,
        times: int = 1,
        status: int | None = None,
        **more: str,
    ) -> None:
        """Let the next calls of an operation be refused with AWS's code; nothing is done then.

        boto3 calls again by itself after throttling and 5xx: three times fail one call of the bot's. `more`
        are further fields of the refusal, such as `Reason`.
        """
        refusal = AwsRefusalError(code, message, status, **more)
        with self._changed:
            self._faults.setdefault(operation, deque()).extend([refusal] * times)

    def fail_next_execution(self, reason: str, category: int = STATEMENT) -> None:
        """Let the next execution that runs end FAILED: category 1 is Athena's own fault, 2 the statement's."""
        self._executions.fail_next(reason, category)

    def on_call(self, operation: str, when: Moment, action: Action) -> None:
        """Do something once, at a moment of the next call of an operation.

        "before": the request has arrived and nothing is done yet. It is done where `action` answers true;
        else it never is, and the connection breaks. "after": it is done and not answered yet. A call that is
        refused has no "after".
        """
        with self._changed:
            self._hooks.add(operation, when, action)

    # Serving.

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _listen(self) -> None:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = _read_call(request, await request.read())
        answer = await asyncio.to_thread(self._answer, call)
        if answer is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if answer.file is not None:
            return web.FileResponse(answer.file)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        return web.Response(body=answer.body, status=answer.status, headers=headers)

    def _answer(self, call: Call) -> Answer | None:
        """The answer to a call; None where the connection is to break."""
        before = self._count(call.operation)
        if before is not None and not before():
            return None
        try:
            answer = self._carry_out(call)
        except AwsRefusalError as refusal:
            return refusal.answer(call)
        with self._changed:
            after = self._hooks.take(call.operation, "after")
        if after is not None:
            after()
        self._tell_change()
        return answer

    def _count(self, operation: str) -> Action | None:
        with self._changed:
            self._calls[operation] += 1
            self._changed.notify_all()
            return self._hooks.take(operation, "before")

    def _carry_out(self, call: Call) -> Answer:
        with self._changed:
            faults = self._faults.get(call.operation)
            if faults:
                raise faults.popleft()
        if call.is_s3:
            return self._buckets.answer(call)
        operations = {
            "StartQueryExecution": self._executions.start,
            "StopQueryExecution": self._executions.stop,
            "GetQueryExecution": self._executions.get,
            "BatchGetQueryExecution": self._executions.get_many,
            "GetWorkGroup": self._executions.get_work_group,
        }
        if call.operation not in operations:
            raise AwsRefusalError("UnknownOperationException", f"{call.operation} is not served here")
        return write_json(operations[call.operation](call.arguments))

    def _run_statement(self, statement: str, location: str) -> int:
        bucket, _, key = location.removeprefix("s3://").partition("/")
        result = self._buckets.path_of(bucket, key)
        return run_statement(statement, self._logs, self._folders[CIDRS], result)

    def _tell_change(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _read_call(request: web.Request, body: bytes) -> Call:
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return Call(target.removeprefix(_TARGET), json.loads(body or b"{}"))
    bucket, _, key = request.path.removeprefix("/").partition("/")
    if "aws-chunked" in request.headers.get("Content-Encoding", ""):
        body = decode_chunks(body)
    query = dict(request.query)
    return Call(_name_operation(request.method, key, query), {}, bucket, key, query, body)


def _name_operation(method: str, key: str, query: dict[str, str]) -> str:
    """S3's name of an operation, which its requests do not tell."""
    if not key:
        listed = "ListObjectsV2" if query.get("list-type") == "2" else "ListObjects"
        names = {"GET": listed, "HEAD": "HeadBucket", "POST": "DeleteObjects"}
    elif "uploadId" in query or "uploads" in query:
        posted = "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload"
        names = {"PUT": "UploadPart", "POST": posted, "DELETE": "AbortMultipartUpload"}
    else:
        names = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
    return names.get(method, method)
