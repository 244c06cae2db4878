"""One copy of a log file's records: a stream of Arrow batches, and a checksum at its end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from isal import isal_zlib
from pyarrow import ipc

from bot.adapters.flowlog_values import NARROW, build_stream_schema, encode
from bot.domain.flowlog import SCANNED

COPY_SUFFIX, HALF_SUFFIX = ".copy", ".half"

_FORMAT = b"3"
"""To be raised with every change of what the readers make of a file: older copies are not found then."""

_MAGIC = b"vpccidr1"
_CHECKSUM_BYTES = 4
_VERY_FEW_TEXTS = ("action", "log_status", "pkt_src_aws_service", "pkt_dst_aws_service")
_TYPES = NARROW | dict.fromkeys(_VERY_FEW_TEXTS, pa.dictionary(pa.int8(), pa.string()))
_SCHEMA = pa.schema([(each.name, _TYPES.get(each.name, each.type)) for each in build_stream_schema(SCANNED)])


class HalfCopy:
    """A copy while it is written, in a file that is gone at the end unless it was published.

    Where the disk refuses, or a record does not fit, there will be no copy; nobody else is disturbed.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.size = 0
        self._folder = folder
        self._metadata = {b"format": _FORMAT, b"version": version.encode()}
        self._is_wanted = False
        self._path: Path | None = None
        self._file: _ChecksummedFile | None = None
        self._writer: ipc.RecordBatchStreamWriter | None = None

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):
            descriptor, path = tempfile.mkstemp(HALF_SUFFIX, dir=self._folder)
            self._path = Path(path)
            self._file = _ChecksummedFile(descriptor)
            self._writer = ipc.new_stream(
                pa.PythonFile(self._file, "w"), _SCHEMA.with_metadata(self._metadata)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the next records."""
        if self._writer is not None:
            try:
                self._writer.write_batch(_pack(batch))
            except (pa.ArrowException, OSError):
                self._writer = None

    def keep(self) -> None:
        """The file was read wholly: let the copy be found from the end of the reading on."""
        self._is_wanted = True

    def finish(self) -> bool:
        """Whether there is a whole copy now; its `size` is known then."""
        if not self._is_wanted or self._writer is None or self._file is None:
            return False
        try:
            self._writer.close()
            self._file.end()
        except (pa.ArrowException, OSError):
            return False
        self.size = self._file.size
        return True

    def publish(self, path: Path) -> None:
        """Let the copy be found under its name."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.replace(path)


def read_copy(path: Path, version: str) -> Iterator[pa.RecordBatch] | None:
    """A copy's batches; None where there is none of that version that is whole. Others are removed."""
    try:
        with pa.memory_map(str(path)) as file:
            content = file.read_buffer()
        body = content.slice(0, max(0, content.size - _CHECKSUM_BYTES - len(_MAGIC)))
        if content.slice(body.size).to_pybytes() != _end(isal_zlib.crc32(body)):
            raise ValueError(path)  # noqa: TRY301 - one way out for all that is not right
        stream = ipc.open_stream(body)
        if stream.schema != _SCHEMA or stream.schema.metadata != {
            b"format": _FORMAT,
            b"version": version.encode(),
        }:
            raise ValueError(path)  # noqa: TRY301
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    batches: Iterator[pa.RecordBatch] = iter(stream)
    return batches


class _ChecksummedFile:
    """A file that is written once, from its beginning to its end, which holds its checksum."""

    def __init__(self, descriptor: int) -> None:
        self.size = 0
        self.closed = False
        self._file = os.fdopen(descriptor, "wb", buffering=2**20)
        self._checksum = 0

    def write(self, data: bytes | memoryview) -> int:
        """Write all of the data."""
        self._checksum = isal_zlib.crc32(data, self._checksum)
        self.size += len(data)
        return self._file.write(data)

    def end(self) -> None:
        """Write the checksum, and let nothing wait in memory."""
        self.write(_end(self._checksum))
        self._file.flush()

    def flush(self) -> None:
        """As Arrow wants it; nothing needs to be on the disk before the end."""

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._file.close()


def _end(checksum: int) -> bytes:
    return checksum.to_bytes(_CHECKSUM_BYTES, "big") + _MAGIC


def _pack(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [encode(batch.column(field.name), field.type) for field in _SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)
