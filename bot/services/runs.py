"""Runs: from a question asked in a channel to the delivered answer."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from bot.domain.answer import Answer
from bot.domain.command import Ask
from bot.domain.estimate import Estimate
from bot.domain.message import Message
from bot.domain.question import Question
from bot.errors import EngineError, OperatorError, RequestError, SlackError
from bot.render.csv_file import name_csv, write_records, write_rows
from bot.render.estimates import build_consent, render_estimate
from bot.render.messages import (
    build_answer_message,
    build_csv_comment,
    build_failure,
    build_note,
    build_refusal,
    build_running,
)
from bot.render.replies import render_notes
from bot.services.answers import build_answer
from bot.services.estimates import Estimates
from bot.services.ports import Chat, Engine, Outcome, Progress, Reports, Result, Scan, State
from bot.services.registry import Prepared, Registry
from bot.services.statements import build_raw, build_scan

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.5
_STOPPED = "the bot was stopped; ask again once it is back."


@dataclass(frozen=True)
class Request:
    """Who asked what and where.

    `respond` tells that person alone, even where the bot is not a member; it never raises. `confirmed` says
    that they were shown what it costs and agreed.
    """

    channel: str
    user_id: str
    line: str
    respond: Callable[[Message], None]
    confirmed: bool = False


@dataclass(frozen=True)
class Run:
    """One asked question. `answer` is there once the conversations are delivered and raw records are due."""

    id: str
    request: Request
    question: Question
    notes: tuple[str, ...]
    statement: str
    message_ts: str
    began: float = field(default_factory=time.monotonic)
    answer: Answer | None = None


class Runs:
    """Drives every run to its end: a pool of `workers` begins and delivers, one thread watches the engine.

    Whatever happens, a run ends with an answer or a reason where it was asked.
    """

    def __init__(
        self,
        registry: Registry,
        engine: Engine,
        reports: Reports,
        chat: Chat,
        *,
        max_rows: int,
        workers: int = 8,
        estimates: Estimates | None = None,
    ) -> None:
        self._registry = registry
        self._engine = engine
        self._reports = reports
        self._chat = chat
        self._max_rows = max_rows
        self._estimates = estimates
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="run")
        self._active: dict[str, Run] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._watcher = threading.Thread(target=self._watch, name="run-watcher", daemon=True)

    def start(self) -> None:
        """Start watching the engine."""
        self._watcher.start()

    def stop(self) -> None:
        """Take no more runs, end those under way with a word in their channel, and stop the threads."""
        with self._changed:
            self._stopping = True
            left = dict(self._active)
            self._active.clear()
            self._changed.notify_all()
        for execution_id, run in left.items():
            self._engine.cancel(execution_id)
            self._guard(run, lambda run: self._fail(run, _STOPPED))
        self._pool.shutdown()
        if self._watcher.is_alive():
            self._watcher.join()

    def submit(self, ask: Ask, request: Request) -> None:
        """Take a question; returns at once. Raises EngineError where the bot is being stopped."""
        if self._stopping:
            raise EngineError(_STOPPED)
        self._pool.submit(self._begin, ask, request)

    # Beginning

    def _begin(self, ask: Ask, request: Request) -> None:
        try:
            prepared = self._registry.prepare(ask)
            estimate = self._estimates.weigh(prepared.question.window) if self._estimates else None
            if estimate and estimate.needs_consent and not request.confirmed:
                request.respond(
                    build_consent(
                        request.line, estimate.cost, render_notes(prepared.cleared, prepared.registered)
                    )
                )
                return
            self._launch(prepared, request, estimate)
        except RequestError as error:
            request.respond(build_refusal(error))
        except SlackError as error:
            request.respond(build_note(_explain(error)))
        except OperatorError as error:
            _log.warning("no run: %s", error)
            request.respond(build_failure(str(error), request.line, request.user_id))
        except Exception:  # noqa: BLE001 - a bug must be told, not only logged
            request.respond(build_failure(_reference("begin"), request.line, request.user_id))

    def _launch(self, prepared: Prepared, request: Request, estimate: Estimate | None) -> None:
        notes = render_notes(prepared.cleared, prepared.registered)
        expected = (render_estimate(estimate.cost),) if estimate else ()
        running = build_running(request.line, request.user_id, self._engine.name, (*expected, *notes))
        message_ts = self._chat.post(request.channel, running)
        statement = build_scan(prepared.question, self._max_rows + 1)
        run = Run(uuid.uuid4().hex, request, prepared.question, notes, statement, message_ts)
        _log.info("run %s: %s asked %r in %s", run.id, request.user_id, request.line, request.channel)
        self._guard(run, lambda run: self._scan(run, Scan(statement, run.question, asked_by=request.user_id)))

    def _scan(self, run: Run, scan: Scan) -> None:
        execution_id = self._engine.start(f"{run.id}{'-raw' if scan.is_raw else ''}", scan)
        with self._changed:
            if not self._stopping:
                self._active[execution_id] = run
                self._changed.notify_all()
                return
        self._engine.cancel(execution_id)
        raise EngineError(_STOPPED)

    # Watching

    def _watch(self) -> None:
        while self._await_runs():
            self._engine.wait(_LOOK_EVERY_S)
            try:
                self._look()
            except Exception:  # noqa: BLE001 - the watcher must outlive whatever the engine does
                _log.exception("the engine could not be asked")

    def _await_runs(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._active or self._stopping)
            return not self._stopping

    def _look(self) -> None:
        with self._changed:
            execution_ids = list(self._active)
        for execution_id, progress in self._engine.poll(execution_ids).items():
            if progress.state is not State.RUNNING:
                self._finish(execution_id, progress)

    def _finish(self, execution_id: str, progress: Progress) -> None:
        with self._changed:
            run = self._active.pop(execution_id, None)
        if run is not None:
            self._pool.submit(self._guard, run, lambda run: self._end(run, execution_id, progress))

    # Ending

    def _end(self, run: Run, execution_id: str, progress: Progress) -> None:
        if progress.state is not State.SUCCEEDED:
            raise EngineError(progress.reason or "the scan was cancelled.")
        outcome = self._engine.fetch(execution_id)
        limit = run.question.raw_rows if run.answer else self._max_rows
        try:
            with closing(self._reports.load(outcome.result, limit)) as result:
                self._deliver(run, outcome, result)
        finally:
            outcome.result.unlink(missing_ok=True)

    def _deliver(self, run: Run, outcome: Outcome, result: Result) -> None:
        if run.answer:
            self._upload(run, lambda file: write_records(file, result.read_records()))
            return
        answer = self._build_answer(run, outcome, result)
        request = run.request
        message = build_answer_message(answer, request.line, request.user_id, run.notes)
        self._chat.update(request.channel, run.message_ts, message)
        _log.info("run %s: %s", run.id, answer.verdict.code)
        if run.question.raw_rows:
            statement = build_raw(run.question, run.question.raw_rows)
            scan = Scan(statement, run.question, is_raw=True, asked_by=request.user_id)
            self._scan(replace(run, answer=answer), scan)
        elif answer.totals.conversations:
            # From here on a failure must not take the answer's place.
            answered = replace(run, answer=answer)
            self._guard(
                answered, lambda run: self._upload(run, lambda file: write_rows(file, result.read_rows()))
            )

    def _build_answer(self, run: Run, outcome: Outcome, result: Result) -> Answer:
        elapsed_s = time.monotonic() - run.began
        return build_answer(
            run.question,
            outcome,
            result,
            statement=run.statement,
            engine=self._engine.name,
            elapsed_s=elapsed_s,
        )

    def _upload(self, run: Run, write: Callable[[TextIO], None]) -> None:
        name = name_csv(run.question)
        cut = run.answer is not None and run.answer.truncated
        with tempfile.TemporaryDirectory(prefix="vpccidr-") as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as file:
                write(file)
            self._chat.upload(
                run.request.channel, run.message_ts, path, build_csv_comment(run.question, cut=cut)
            )

    # Failing

    def _guard(self, run: Run, step: Callable[[Run], None]) -> None:
        """Do a step of a run; if it fails, the run ends with the reason in its channel."""
        try:
            step(run)
        except (OperatorError, OSError) as error:
            _log.warning("run %s failed: %s", run.id, error)
            self._fail_safely(run, str(error))
        except Exception:  # noqa: BLE001 - a bug must be told, not only logged
            self._fail_safely(run, _reference(run.id))

    def _fail_safely(self, run: Run, sentence: str) -> None:
        try:
            self._fail(run, sentence)
        except SlackError as error:
            _log.error("run %s: the failure could not be told either: %s", run.id, error)

    def _fail(self, run: Run, sentence: str) -> None:
        request = run.request
        if run.answer:
            no_csv = build_note(f"The CSV could not be delivered: {sentence}")
            self._chat.post(request.channel, no_csv, run.message_ts)
        else:
            failure = build_failure(sentence, request.line, request.user_id)
            self._chat.update(request.channel, run.message_ts, failure)


def _reference(what: str) -> str:
    """Log the current error with its traceback under a new reference, and a sentence that names it."""
    reference = uuid.uuid4().hex[:8]
    _log.exception("reference %s (%s)", reference, what)
    return f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."


def _explain(error: SlackError) -> str:
    if error.code in {"not_in_channel", "channel_not_found", "is_archived"}:
        return "I cannot post in this channel: invite me with /invite @vpccidr, and ask again."
    return f"Slack refused the message ({error.code}); ask again."
