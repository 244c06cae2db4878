"""Lines that are written exactly as AWS writes them, cut into columns by compiled code.

That takes a third of the time of Arrow's CSV reader, which reads everything where nothing could be compiled.
What is taken, `flowlog_lines.c` says; whoever builds the package compiles it.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from bot.adapters.flowlog_values import ADDRESS_NUMBER, ADDRESSES, EXPECTED, LARGEST, has_odd_words

LIBRARY = Path(__file__).with_name("libflowlog_lines.so")

_VERSION = 3
"""Of the compiled functions; those of another one are not called."""

_NUMBER, _ADDRESS, _TEXT, _FEW_TEXTS, _STATUS, _ADDRESS_NUMBER = range(1, 7)
_NOT_IPV4 = -2
_MOST_TEXTS = 2**15
_FEW_TEXTS_BYTES = 2**21
_INT_BYTES = 4
_SLOT_BYTES = _INT_BYTES * 2 * _MOST_TEXTS
_ALL_BITS = 0xFF

_log = logging.getLogger(__name__)


class _Column(ctypes.Structure):
    """`struct column`; one of zeros is a field that is skipped."""

    _fields_ = (
        ("kind", ctypes.c_int32),
        ("width", ctypes.c_int32),
        ("most", ctypes.c_int64),
        ("is_needed", ctypes.c_int32),
        ("texts", ctypes.c_uint32),
        ("missing", ctypes.c_int64),
        ("valid", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("ends", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("room", ctypes.c_int64),
        ("slots", ctypes.c_void_p),
    )


class LineReader:
    """Reads lines of these `fields` into batches of the `types`, whose names include all EXPECTED ones.

    The ADDRESSES are numbers, as long as all of them have been IPv4.
    """

    def __init__(self, fields: Sequence[str], types: Mapping[str, pa.DataType]) -> None:
        self._library = load(LIBRARY)
        self._fields = fields
        self._types = types
        self._memory = {name: _Memory() for name in fields}
        self._are_all_ipv4 = True

    def read(self, text: bytes | memoryview) -> pa.RecordBatch | None:
        """The records of whole lines, all of which make sense; None where any is odd in any way."""
        if self._library is None:
            return None
        source = pa.py_buffer(text)
        rows = self._library.flowlog_lines_count(source.address, source.size)
        columns = (_Column * len(self._fields))()
        places = {
            name: self._prepare(column, name, rows, source.size)
            for name, column in zip(self._fields, columns, strict=True)
            if name in self._types
        }
        read = self._library.flowlog_lines_read(source.address, source.size, columns, len(columns), rows)
        if read == _NOT_IPV4:
            self._are_all_ipv4 = False
            return self.read(text)
        if read != rows:
            return None
        arrays = [
            places[name].take(rows) if name in places else pa.nulls(rows, type_)
            for name, type_ in self._types.items()
        ]
        batch = pa.RecordBatch.from_arrays(arrays, names=list(self._types))
        return None if has_odd_words(batch) else batch

    def _prepare(self, column: _Column, name: str, rows: int, size: int) -> _Place:
        type_ = self._types[name]
        column.is_needed = name in EXPECTED
        if pa.types.is_dictionary(type_):
            return _FewTexts(column, name, rows, self._memory[name])
        if name in ADDRESSES and self._are_all_ipv4:
            return _Numbers(column, name, ADDRESS_NUMBER, rows)
        if pa.types.is_string(type_):
            return _Texts(column, name, rows, size, self._memory[name])
        return _Numbers(column, name, type_, rows)


@cache
def load(path: Path) -> ctypes.CDLL | None:
    """The compiled functions, which let other threads run; None where there are none."""
    try:
        library = ctypes.CDLL(str(path))
        version = library.flowlog_lines_version()
    except (OSError, AttributeError) as error:
        _log.info("Text is read two to three times slower, for nothing is compiled: %s", error)
        return None
    if version != _VERSION:
        _log.info("Text is read two to three times slower: %s is of another version", path)
        return None
    library.flowlog_lines_count.restype = library.flowlog_lines_read.restype = ctypes.c_int64
    library.flowlog_lines_count.argtypes = (ctypes.c_void_p, ctypes.c_int64)
    library.flowlog_lines_read.argtypes = (
        ctypes.c_void_p,
        ctypes.c_int64,
        ctypes.POINTER(_Column),
        ctypes.c_int32,
        ctypes.c_int64,
    )
    texts = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    library.flowlog_lines_find_beginning.restype = None
    library.flowlog_lines_find_beginning.argtypes = (
        *texts,
        ctypes.c_int64,
        ctypes.c_char_p,
        ctypes.c_int64,
        ctypes.c_void_p,
    )
    library.flowlog_lines_number_addresses.restype = ctypes.c_int64
    library.flowlog_lines_number_addresses.argtypes = (*texts, ctypes.c_int64, *[ctypes.c_void_p] * 2)
    library.flowlog_lines_write_addresses.restype = None
    library.flowlog_lines_write_addresses.argtypes = (
        ctypes.c_void_p,
        ctypes.c_int64,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )
    return library


class _Place(Protocol):
    """The memory that a field's values are read into."""

    def take(self, rows: int) -> pa.Array:
        """What was read."""


class _Validity:
    def __init__(self, column: _Column, rows: int) -> None:
        self._column = column
        self._bits = allocate_bits(rows, are_set=True)
        column.valid = self._bits.address

    def take(self) -> pa.Buffer | None:
        return self._bits if self._column.missing else None


class _Numbers:
    def __init__(self, column: _Column, name: str, type_: pa.DataType, rows: int) -> None:
        self._column, self._type = column, type_
        self._valid = _Validity(column, rows)
        column.kind = _ADDRESS_NUMBER if name in ADDRESSES else _NUMBER
        column.width = type_.bit_width // 8
        most = 2 ** (type_.bit_width - pa.types.is_signed_integer(type_)) - 1
        column.most = min(most, LARGEST.get(name, most))
        self._values = pa.allocate_buffer(rows * column.width)
        column.values = self._values.address

    def take(self, rows: int) -> pa.Array:
        buffers = [self._valid.take(), self._values]
        return pa.Array.from_buffers(self._type, rows, buffers, self._column.missing)


class _Texts:
    def __init__(self, column: _Column, name: str, rows: int, size: int, again: _Memory) -> None:
        self._column = column
        self._valid = _Validity(column, rows)
        self._list = _TextList(column, rows, size, again)
        column.kind = _ADDRESS if name in ADDRESSES else _TEXT

    def take(self, rows: int) -> pa.Array:
        buffers = [self._valid.take(), *self._list.take(rows)]
        return pa.Array.from_buffers(pa.string(), rows, buffers, self._column.missing)


class _FewTexts:
    def __init__(self, column: _Column, name: str, rows: int, again: _Memory) -> None:
        self._column = column
        self._valid = _Validity(column, rows)
        self._list = _TextList(column, _MOST_TEXTS, _FEW_TEXTS_BYTES, again)
        self._numbers = pa.allocate_buffer(rows * _INT_BYTES)
        column.kind = _STATUS if name == "log_status" else _FEW_TEXTS
        column.values = self._numbers.address
        column.slots = again.get("slots", _SLOT_BYTES)
        ctypes.memset(column.slots, 0, _SLOT_BYTES)

    def take(self, rows: int) -> pa.Array:
        buffers = [self._valid.take(), self._numbers]
        numbers = pa.Array.from_buffers(pa.int32(), rows, buffers, self._column.missing)
        texts = self._column.texts
        different = pa.Array.from_buffers(pa.string(), texts, [None, *self._list.take(texts)], 0)
        return pa.DictionaryArray.from_arrays(numbers, different, safe=False)


class _TextList:
    """Up to so many texts, one behind the other, and where each ends."""

    def __init__(self, column: _Column, texts: int, size: int, again: _Memory) -> None:
        self._column = column
        column.ends, column.data = again.get("ends", (texts + 1) * _INT_BYTES), again.get("data", size)
        column.room = size
        ctypes.memset(column.ends, 0, _INT_BYTES)

    def take(self, texts: int) -> tuple[pa.Buffer, pa.Buffer]:
        ends = ctypes.string_at(self._column.ends, (texts + 1) * _INT_BYTES)
        data = ctypes.string_at(self._column.data, int.from_bytes(ends[-_INT_BYTES:], sys.byteorder))
        return pa.py_buffer(ends), pa.py_buffer(data)


class _Memory:
    """Memory by name, to be used again: what is read is copied from there, and takes a small part of it."""

    def __init__(self) -> None:
        self._buffers: dict[str, pa.Buffer] = {}

    def get(self, name: str, size: int) -> int:
        """The address of at least so many bytes, with anything in them."""
        if name not in self._buffers or self._buffers[name].size < size:
            self._buffers[name] = pa.allocate_buffer(size)
        address: int = self._buffers[name].address
        return address


def allocate_bits(rows: int, *, are_set: bool) -> pa.Buffer:
    """A bit for each row."""
    bits = pa.allocate_buffer((rows + 7) // 8)
    ctypes.memset(bits.address, _ALL_BITS if are_set else 0, bits.size)
    return bits
