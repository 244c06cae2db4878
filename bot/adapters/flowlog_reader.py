"""The records of many flow-log files as one stream of Arrow batches, read by several threads."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
from pyarrow import fs

from bot.adapters.flowlog_bundles import Bundle, bundle_files
from bot.adapters.flowlog_candidates import Candidates, Others
from bot.adapters.flowlog_layout import LogFile, explain
from bot.adapters.flowlog_text import TextReader, read_together
from bot.adapters.flowlog_values import NotAFlowLogError, build_stream_schema
from bot.adapters.flowlog_witnesses import EVERYTHING, Sought
from bot.adapters.log_cache import NO_COPIES, Copies
from bot.domain.coverage import Problem
from bot.domain.flowlog import PARTITIONS

if TYPE_CHECKING:
    from bot.adapters.flowlog_parquet import ParquetReader

_PARQUET_MAGIC = b"PAR1"
_BATCHES_AHEAD = 8
_BUFFER_BYTES = 4 * 2**20

_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The stream was stopped before its end."""


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
        try:
            while (bundle := self._take_bundle()) is not None:
                self._read_bundle(bundle, candidates)
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

    def _read_bundle(self, bundle: Bundle, candidates: Candidates) -> None:
        together = self._load_together(bundle) if len(bundle) > 1 else None
        if together is not None:
            self._attempt(bundle, partial(self._give_all, together, bundle[0], candidates))
            return
        for file in bundle:
            self._attempt((file,), partial(self._read_records, file, candidates))

    def _attempt(self, bundle: Bundle, read: Callable[[], str]) -> None:
        """Read, and keep what is wrong: `read` returns it, or raises."""
        try:
            fault = read()
        except StoppedError:
            raise
        except NotAFlowLogError as error:
            fault = str(error)
        except OSError as error:
            fault = f"it cannot be opened or read ({explain(error)})"
        except Exception as error:  # noqa: BLE001 - one odd file must neither end the run nor vanish
            fault = f"it cannot be read ({type(error).__name__})"
        if fault:
            self._problems += [
                Problem(file.path.removeprefix(self._root), fault, file.day) for file in bundle
            ]

    def _load_together(self, bundle: Bundle) -> list[pa.RecordBatch] | None:
        """The records of all the files; None where each must be read by itself, to tell what is odd."""
        try:
            if (copy := self._copies.find(bundle)) is not None:
                return list(copy)
            if any(self._copies.find((file,)) for file in bundle[:2]):  # so it was the last time
                return None
            with self._copies.write(bundle) as copy_to_fill:
                batches = read_together(self._open_each(bundle), self._wanted)
                for batch in batches:
                    copy_to_fill.add(batch)
                copy_to_fill.keep()
        except Exception:  # noqa: BLE001 - whatever it is, the files one after the other will tell
            return None
        return batches

    def _open_each(self, bundle: Bundle) -> Iterator[BinaryIO]:
        for file in bundle:
            with self._system.open_input_file(file.path) as opened:
                yield opened

    def _read_records(self, file: LogFile, candidates: Candidates) -> str:
        if file.day is None:
            raise NotAFlowLogError("neither its folder nor its name tells its day")
        if (copy := self._copies.find((file,))) is None:
            return self._read_original(file, candidates)
        return self._give_all(copy, file, candidates)

    def _read_original(self, file: LogFile, candidates: Candidates) -> str:
        with self._copies.write((file,)) as copy, self._system.open_input_file(file.path) as opened:
            magic = opened.read(len(_PARQUET_MAGIC))
            opened.seek(0)
            is_parquet = magic == _PARQUET_MAGIC
            reader = _load_parquet_reader()(self._wanted) if is_parquet else TextReader(self._wanted)
            for batch in reader.read(opened if is_parquet else pa.BufferedInputStream(opened, _BUFFER_BYTES)):
                copy.add(batch)
                self._give(batch, file, candidates)
            if not reader.fault:
                copy.keep()
        return reader.fault

    def _give_all(self, batches: Iterable[pa.RecordBatch], file: LogFile, candidates: Candidates) -> str:
        for batch in batches:
            self._give(batch, file, candidates)
        return ""

    def _give(self, batch: pa.RecordBatch, file: LogFile, candidates: Candidates) -> None:
        for each in candidates.take(batch, file):
            self._channel.put(each)


def _load_parquet_reader() -> type[ParquetReader]:
    """Logs are text or Parquet, and text need not wait for what reads Parquet."""
    from bot.adapters.flowlog_parquet import ParquetReader  # noqa: PLC0415

    return ParquetReader


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
