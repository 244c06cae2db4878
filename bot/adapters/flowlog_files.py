"""Flow-log files, read bundle by bundle: from their copies where there are any, else as they lie there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
from pyarrow import fs

from bot.adapters.flowlog_bundles import Bundle
from bot.adapters.flowlog_layout import LogFile, explain
from bot.adapters.flowlog_text import TextReader, Workbench, read_together
from bot.adapters.flowlog_values import NotAFlowLogError
from bot.adapters.log_cache import Copies

if TYPE_CHECKING:
    from bot.adapters.flowlog_parquet import ParquetReader

_PARQUET_MAGIC = b"PAR1"
_BUFFER_BYTES = 4 * 2**20

Give = Callable[[pa.RecordBatch, LogFile], None]
"""Takes records of a file, or of all the files of its bundle. May raise StoppedError."""


class StoppedError(Exception):
    """The reading was stopped before its end."""


class FileReader:
    """Reads files for one thread, and gives it the records that it has read."""

    def __init__(self, system: fs.FileSystem, bench: Workbench, copies: Copies, give: Give) -> None:
        self._system = system
        self._bench = bench
        self._copies = copies
        self._give = give

    def read(self, bundle: Bundle) -> Iterator[tuple[LogFile, str]]:
        """Read a bundle's files, and tell which cannot be read wholly, and why. Raises StoppedError."""
        together = self._load_together(bundle) if len(bundle) > 1 else None
        if together is not None:
            yield from self._attempt(bundle, partial(self._give_all, together, bundle[0]))
            return
        for file in bundle:
            yield from self._attempt((file,), partial(self._read_alone, file))

    def _attempt(self, bundle: Bundle, read: Callable[[], str]) -> Iterator[tuple[LogFile, str]]:
        """Read, and tell of each file what is wrong: `read` returns it, or raises."""
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
            yield from ((file, fault) for file in bundle)

    def _load_together(self, bundle: Bundle) -> list[pa.RecordBatch] | None:
        """The records of all the files; None where each must be read by itself, to tell what is odd."""
        try:
            place = self._copies.look(bundle)
            if place.copy is not None:
                return list(place.copy)
            if any(self._copies.look((file,)).copy for file in bundle[:2]):  # so it was the last time
                return None
            with place.write() as half:
                batches = read_together(self._open_each(bundle), self._bench)
                for batch in batches:
                    half.add(batch)
                half.keep()
        except Exception:  # noqa: BLE001 - whatever it is, the files one after the other will tell
            return None
        return batches

    def _open_each(self, bundle: Bundle) -> Iterator[BinaryIO]:
        for file in bundle:
            with self._system.open_input_file(file.path) as opened:
                yield opened

    def _read_alone(self, file: LogFile) -> str:
        if file.day is None:
            raise NotAFlowLogError("neither its folder nor its name tells its day")
        place = self._copies.look((file,))
        if place.copy is not None:
            return self._give_all(place.copy, file)
        with place.write() as half, self._system.open_input_file(file.path) as opened:
            magic = opened.read(len(_PARQUET_MAGIC))
            opened.seek(0)
            is_parquet = magic == _PARQUET_MAGIC
            reader = _load_parquet_reader()(self._bench.wanted) if is_parquet else TextReader(self._bench)
            for batch in reader.read(opened if is_parquet else pa.BufferedInputStream(opened, _BUFFER_BYTES)):
                half.add(batch)
                self._give(batch, file)
            if not reader.fault:
                half.keep()
        return reader.fault

    def _give_all(self, batches: Iterable[pa.RecordBatch], file: LogFile) -> str:
        for batch in batches:
            self._give(batch, file)
        return ""


def _load_parquet_reader() -> type[ParquetReader]:
    """Logs are text or Parquet, and text need not wait for what reads Parquet."""
    from bot.adapters.flowlog_parquet import ParquetReader  # noqa: PLC0415

    return ParquetReader
