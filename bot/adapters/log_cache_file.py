"""One copy of a log file's records: streams of Arrow batches, and a checksum at its end.

The addresses of a batch are numbers where all of them are IPv4, which takes a third of the room. A stream's
batches are alike, so that where others follow, a new stream begins.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from isal import isal_zlib
from pyarrow import ipc

from bot.adapters.flowlog_addresses import number_addresses
from bot.adapters.flowlog_values import (
    ADDRESS_NUMBER,
    ADDRESSES,
    NARROW,
    build_stream_schema,
    encode,
)
from bot.domain.flowlog import SCANNED

COPY_SUFFIX, HALF_SUFFIX = ".copy", ".half"

_FORMAT = b"4"
"""To be raised with every change of what the readers make of a file: older copies are not found then."""

_MAGIC = b"vpccidr1"
_CHECKSUM_BYTES = 4
_VERY_FEW_TEXTS = ("action", "log_status", "pkt_src_aws_service", "pkt_dst_aws_service")
_TYPES = NARROW | dict.fromkeys(_VERY_FEW_TEXTS, pa.dictionary(pa.int8(), pa.string()))
_TEXTS = pa.schema([(each.name, _TYPES.get(each.name, each.type)) for each in build_stream_schema(SCANNED)])
_NUMBERS = pa.schema(
    [pa.field(each.name, ADDRESS_NUMBER) if each.name in ADDRESSES else each for each in _TEXTS]
)


class HalfCopy:
    """A copy while it is written, in a file that is gone at the end unless it was published.

    Where the disk refuses, or a record does not fit, there will be no copy; nobody else is disturbed.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.size = 0
        self._folder = folder
        self._metadata = _describe(version)
        self._is_wanted = False
        self._path: Path | None = None
        self._file: _ChecksummedFile | None = None
        self._sink: pa.PythonFile | None = None
        self._writer: ipc.RecordBatchStreamWriter | None = None
        self._schema: pa.Schema | None = None

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):
            descriptor, path = tempfile.mkstemp(HALF_SUFFIX, dir=self._folder)
            self._path = Path(path)
            self._file = _ChecksummedFile(descriptor)
            self._sink = pa.PythonFile(self._file, "w")
            self._begin(_NUMBERS)
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
                packed = _pack(batch)
                if packed.schema != self._schema:
                    self._begin(packed.schema)
                self._writer.write_batch(packed)
            except (pa.ArrowException, OSError):
                self._writer = None

    def _begin(self, schema: pa.Schema) -> None:
        if self._writer is not None:
            self._writer.close()
        self._schema = schema
        self._writer = ipc.new_stream(self._sink, schema.with_metadata(self._metadata))

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
        streams = _read_streams(body, version)
        first = next(streams)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return chain(first, chain.from_iterable(streams))


def _read_streams(body: pa.Buffer, version: str) -> Iterator[ipc.RecordBatchStreamReader]:
    """The streams of a copy. Raises ValueError where one is none of that version."""
    source = pa.BufferReader(body)
    while True:
        stream = ipc.open_stream(source)
        if stream.schema not in (_NUMBERS, _TEXTS) or stream.schema.metadata != _describe(version):
            raise ValueError(version)
        yield stream
        if source.tell() >= body.size:
            return


def _describe(version: str) -> dict[bytes, bytes]:
    return {b"format": _FORMAT, b"version": version.encode()}


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
    """The batch as a copy holds it: with numbers for addresses where all of both columns have one."""
    columns = {name: batch.column(name) for name in _TEXTS.names}
    numbers = {name: number_addresses(columns[name]) for name in ADDRESSES}
    are_numbered = all(numbers[name].null_count == columns[name].null_count for name in ADDRESSES)
    schema, addresses = (_NUMBERS, numbers) if are_numbered else (_TEXTS, {})
    arrays = [
        encode(addresses.get(name, values), schema.field(name).type) for name, values in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
