"""One question, asked and waited for: what the terminal does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from bot.domain.question import Question
from bot.errors import EngineError
from bot.services.ports import Engine, Outcome, Progress, Scan, State
from bot.services.statements import build_raw, build_scan

_LOOK_EVERY_S = 0.25


class Asked:
    """A scan under way, whose result may have `limit` rows; `elapsed_s` tells how long it took in the end."""

    def __init__(self, engine: Engine, scan: Scan, limit: int) -> None:
        self.scan = scan
        self.limit = limit
        self.engine_name = engine.name
        self.elapsed_s = 0.0
        self._engine = engine
        self._began = time.monotonic()
        self._execution_id = engine.start(uuid.uuid4().hex, scan)

    def wait(self, on_wait: Callable[[float], None]) -> Outcome:
        """Wait for the scan's end, telling `on_wait` the seconds so far. Raises EngineError."""
        try:
            while (progress := self._look()).state is State.RUNNING:
                on_wait(time.monotonic() - self._began)
                self._engine.wait(_LOOK_EVERY_S)
        except KeyboardInterrupt:
            self._engine.cancel(self._execution_id)
            raise
        self.elapsed_s = time.monotonic() - self._began
        if progress.state is not State.SUCCEEDED:
            raise EngineError(progress.reason or "The scan was cancelled.")
        return self._engine.fetch(self._execution_id)

    def _look(self) -> Progress:
        return self._engine.poll([self._execution_id])[self._execution_id]


def ask_for_answer(engine: Engine, question: Question, max_rows: int) -> Asked:
    """Start the scan of a question. Raises EngineError."""
    fields, computes_once = engine.find_fields(), engine.computes_once
    statement = build_scan(question, max_rows + 1, fields, computes_once=computes_once)
    return Asked(engine, Scan(statement, question), max_rows)


def ask_for_records(engine: Engine, question: Question) -> Asked:
    """Start the scan for the log's own records, up to `question.raw_rows` of them. Raises EngineError."""
    statement = build_raw(question, question.raw_rows)
    return Asked(engine, Scan(statement, question, is_raw=True), question.raw_rows)
