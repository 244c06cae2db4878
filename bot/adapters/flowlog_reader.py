"""The records of many flow-log files as one stream of Arrow batches, read by several threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import fs

from bot.adapters.flowlog_layout import LogFile
from bot.adapters.flowlog_parquet import ParquetReader
from bot.adapters.flowlog_text import ARROW_TYPES, NotAFlowLogError, TextReader
from bot.domain.coverage import Problem
from bot.domain.flowlog import FIELDS, PARTITIONS

_PARQUET_MAGIC = b"PAR1"
_BATCHES_AHEAD = 8
_END = None


class FlowLogReader:
    """Reads the `wanted` fields of the files, and the partition columns that their paths tell.

    A file that cannot be read, or not wholly, becomes one of `problems`, complete once the stream has
    ended; reading goes on with the next one. Memory holds a few batches, whatever the files' number.
    """

    def __init__(
        self, system: fs.FileSystem, root: str, files: Sequence[LogFile], wanted: Sequence[str], threads: int = 2
    ) -> None:
        self._system = system
        self._root = root.rstrip("/") + "/"
        self._files = iter(files)
        self._wanted = tuple(wanted)
        self._threads = threads
        self._lock = threading.Lock()
        self._batches: queue.Queue[pa.RecordBatch | None] = queue.Queue(_BATCHES_AHEAD)
        self._stopped = threading.Event()
        self._problems: list[Problem] = []
        self.schema = pa.schema(
            [(name, ARROW_TYPES[FIELDS[name]]) for name in self._wanted]
            + [(name, ARROW_TYPES[type_]) for name, type_ in PARTITIONS.items()]
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, in order of the files' paths."""
        return tuple(sorted(self._problems, key=lambda problem: problem.file))

    def open(self) -> pa.RecordBatchReader:
        """The stream of records, to be read once."""
        return pa.RecordBatchReader.from_batches(self.schema, self._stream())

    def stop(self) -> None:
        """End the stream and its threads early."""
        self._stopped.set()

    def _stream(self) -> Iterator[pa.RecordBatch]:
        for _ in range(self._threads):
            threading.Thread(target=self._work, name="flowlog-reader", daemon=True).start()
        running = self._threads
        try:
            while running and not self._stopped.is_set():
                batch = self._batches.get()
                if batch is _END:
                    running -= 1
                else:
                    yield batch
        finally:
            self.stop()

    def _work(self) -> None:
        try:
            while not self._stopped.is_set() and (file := self._take()) is not None:
                self._read_file(file)
        finally:
            self._put(_END)

    def _take(self) -> LogFile | None:
        with self._lock:
            return next(self._files, None)

    def _put(self, batch: pa.RecordBatch | None) -> None:
        while not self._stopped.is_set():
            try:
                return self._batches.put(batch, timeout=0.1)
            except queue.Full:
                continue

    def _read_file(self, file: LogFile) -> None:
        try:
            fault = self._read_records(file)
        except NotAFlowLogError as error:
            fault = str(error)
        except OSError as error:
            fault = f"it cannot be opened ({error.strerror or type(error).__name__})"
        except Exception as error:  # noqa: BLE001 - one odd file must neither end the run nor vanish
            fault = f"it cannot be read ({type(error).__name__})"
        if fault:
            self._problems.append(Problem(file.path.removeprefix(self._root), fault))

    def _read_records(self, file: LogFile) -> str:
        if file.day is None:
            raise NotAFlowLogError("neither its folder nor its name tells its day")
        with self._system.open_input_file(file.path) as opened:
            magic = opened.read(len(_PARQUET_MAGIC))
            opened.seek(0)
            reader = (ParquetReader if magic == _PARQUET_MAGIC else TextReader)(self._wanted)
            for batch in reader.read(opened):
                self._put(self._add_partitions(batch, file))
        return reader.fault

    def _add_partitions(self, batch: pa.RecordBatch, file: LogFile) -> pa.RecordBatch:
        values = (file.aws_account_id, file.aws_region, f"{file.day:%Y/%m/%d}")
        arrays = [pa.repeat(pa.scalar(value), batch.num_rows) for value in values]
        return pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=self.schema)
