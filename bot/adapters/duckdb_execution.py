"""One scan of the embedded engine under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from bot.adapters.flowlog_files import StoppedError
from bot.adapters.flowlog_reader import FlowLogReader
from bot.services.ports import Outcome, Progress, State

T = TypeVar("T")


class Execution:
    """One scan under way: how far it is, and what must be told to stop."""

    def __init__(self) -> None:
        self.progress = Progress(State.RUNNING)
        self.outcome: Outcome | None = None
        self.future: Future[None] = Future()
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None
        self._reader: FlowLogReader | None = None

    def read(self, reader: FlowLogReader) -> None:
        """From now on, this is to be stopped. Raises StoppedError where that is too late."""
        with self._lock:
            self._reader = reader
            self._check()

    def compute(self, interrupt: Callable[[], None]) -> None:
        """From now on, a statement is to be interrupted, too. Raises StoppedError where that is too late."""
        with self._lock:
            self._interrupt = interrupt
            self._check()

    def detach(self) -> None:
        """The statement has ended, and nobody needs more records."""
        with self._lock:
            self._interrupt = None
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
            if self._interrupt is not None:
                self._interrupt()

    def watch(self, items: Iterable[T]) -> Iterator[T]:
        """The items, as long as nobody stops the scan. Raises StoppedError then."""
        for item in items:
            self._check()
            yield item

    def _check(self) -> None:
        if self.is_cancelled:
            raise StoppedError
