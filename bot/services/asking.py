"""One question, asked and waited for: what the terminal does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.question import Question
from bot.errors import EngineError
from bot.services.answers import build_answer
from bot.services.ports import Engine, Outcome, Reports, Result, Scan, State
from bot.services.statements import build_raw, build_scan

_LOOK_EVERY_S = 0.25


class Asker:
    """Runs scans in the engine and waits for them, telling `on_wait` the seconds waited so far."""

    def __init__(self, engine: Engine, reports: Reports, max_rows: int) -> None:
        self._engine = engine
        self._reports = reports
        self._max_rows = max_rows

    @contextmanager
    def ask(
        self, question: Question, on_wait: Callable[[float], None], now: datetime | None = None
    ) -> Iterator[tuple[Answer, Result]]:
        """The answer as of `now`, and the result for the CSV, gone afterwards. Raises EngineError."""
        fields, computes_once = self._engine.find_fields(), self._engine.computes_once
        statement = build_scan(question, self._max_rows + 1, fields, computes_once=computes_once)
        began = time.monotonic()
        outcome = self._run(Scan(statement, question), on_wait)
        elapsed_s = time.monotonic() - began
        with self._open(outcome, self._max_rows) as result:
            answer = build_answer(
                question,
                outcome,
                result,
                statement=statement,
                engine=self._engine.name,
                elapsed_s=elapsed_s,
                now=now,
            )
            yield answer, result

    @contextmanager
    def fetch_records(self, question: Question, on_wait: Callable[[float], None]) -> Iterator[Result]:
        """The log's own records, up to `question.raw_rows` of them. Raises EngineError."""
        scan = Scan(build_raw(question, question.raw_rows), question, is_raw=True)
        with self._open(self._run(scan, on_wait), question.raw_rows) as result:
            yield result

    @contextmanager
    def _open(self, outcome: Outcome, limit: int) -> Iterator[Result]:
        try:
            with closing(self._reports.load(outcome.result, limit)) as result:
                yield result
        finally:
            outcome.result.unlink(missing_ok=True)

    def _run(self, scan: Scan, on_wait: Callable[[float], None]) -> Outcome:
        began = time.monotonic()
        execution_id = self._engine.start(uuid.uuid4().hex, scan)
        try:
            while (progress := self._engine.poll([execution_id])[execution_id]).state is State.RUNNING:
                on_wait(time.monotonic() - began)
                self._engine.wait(_LOOK_EVERY_S)
        except KeyboardInterrupt:
            self._engine.cancel(execution_id)
            raise
        if progress.state is not State.SUCCEEDED:
            raise EngineError(progress.reason or "The scan was cancelled.")
        return self._engine.fetch(execution_id)
