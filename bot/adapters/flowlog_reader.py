"""The records of many flow-log files as one stream of Arrow batches, read by several threads."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
from pyarrow import fs

from bot.adapters.flowlog_bundles import Bundle, bundle_files
from bot.adapters.flowlog_candidates import Candidates, Others
from bot.adapters.flowlog_files import FileReader, StoppedError
from bot.adapters.flowlog_layout import LogFile
from bot.adapters.flowlog_text import Workbench
from bot.adapters.flowlog_values import build_stream_schema
from bot.adapters.flowlog_witnesses import EVERYTHING, Sought
from bot.adapters.log_cache import NO_COPIES, Copies
from bot.domain.coverage import Problem
from bot.domain.flowlog import PARTITIONS

_BATCHES_AHEAD = 8

_log = logging.getLogger(__name__)


class FlowLogReader:
    """Reads the `wanted` fields of the files, and the partition columns that their paths tell.

    Records in which nothing is `sought` are left out, but for one of each status and partition, and counted
    in `others`. A file with a copy in `copies` is read from there.

    A file that cannot be read, or not wholly, becomes one of `problems`; both are complete once the stream
    has ended; reading goes on with the next one. Memory holds a few batches, whatever the files' number.
    """

    def __init__(
        self,
        system: fs.FileSystem,
        root: str,
        files: Sequence[LogFile],
        wanted: Sequence[str],
        threads: int = 2,
        sought: Sought = EVERYTHING,
        copies: Copies = NO_COPIES,
    ) -> None:
        self._system = system
        self._root = root.rstrip("/") + "/"
        bundles = list(bundle_files(files))
        self._bundles = iter(bundles)
        self._wanted = tuple(wanted)
        self._sought = sought
        self._copies = copies
        self._lock = threading.Lock()
        self._problems: list[Problem] = []
        self.others: Others = Counter()
        names = [f"flowlog-reader-{number}" for number in range(min(threads, len(bundles)))]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        self._channel = _Channel(len(names))
        self.schema = build_stream_schema((*self._wanted, *PARTITIONS))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, in order of the files' paths."""
        return tuple(sorted(self._problems, key=lambda problem: problem.file))

    def open(self) -> pa.RecordBatchReader:
        """The stream of records, to be read once; it ends in an error where it is stopped before its end.

        The reading begins now, a few batches ahead of whoever takes them.
        """
        for thread in self._threads:
            thread.start()
        return pa.RecordBatchReader.from_batches(self.schema, self._stream())

    def stop(self) -> None:
        """Let the stream and its threads end early."""
        self._channel.close()

    def join(self) -> None:
        """Return when the threads have ended."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _stream(self) -> Iterator[pa.RecordBatch]:
        try:
            while (batch := self._channel.take()) is not None:
                yield batch
        finally:
            self.stop()

    def _work(self) -> None:
        candidates = Candidates(self._wanted, self._sought)
        files = FileReader(
            self._system, Workbench(self._wanted), self._copies, partial(self._give, candidates)
        )
        try:
            while (bundle := self._take_bundle()) is not None:
                self._problems += [
                    Problem(file.path.removeprefix(self._root), fault, file.day)
                    for file, fault in files.read(bundle)
                ]
            self._close(candidates)
        except StoppedError:
            pass
        except Exception:  # noqa: BLE001 - whatever it is, something is missing from the stream
            _log.exception("A thread that reads flow logs failed")
            self.stop()  # or the stream would end as if all were in it
        finally:
            self._channel.leave()

    def _close(self, candidates: Candidates) -> None:
        batch, others = candidates.close()
        with self._lock:
            self.others += others
        if batch.num_rows:
            self._channel.put(batch)

    def _take_bundle(self) -> Bundle | None:
        with self._lock:
            return next(self._bundles, None)

    def _give(self, candidates: Candidates, batch: pa.RecordBatch, file: LogFile) -> None:
        for each in candidates.take(batch, file):
            self._channel.put(each)


class _Channel:
    """Batches on their way from several writers to one reader: few at a time, and closable from anywhere."""

    def __init__(self, writers: int) -> None:
        self._writers = writers
        self._batches: deque[pa.RecordBatch] = deque()
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, batch: pa.RecordBatch) -> None:
        """Wait for room and put a batch there. Raises StoppedError where the channel is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or len(self._batches) < _BATCHES_AHEAD)
            if self._is_closed:
                raise StoppedError
            self._batches.append(batch)
            self._changed.notify_all()

    def take(self) -> pa.RecordBatch | None:
        """The next batch, or None after the last. Raises StoppedError where the channel is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._batches or not self._writers)
            if self._is_closed:
                raise StoppedError
            self._changed.notify_all()
            return self._batches.popleft() if self._batches else None

    def leave(self) -> None:
        """One of the writers will put nothing more."""
        with self._changed:
            self._writers -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let whoever waits here go, now and ever after."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
