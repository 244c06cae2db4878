"""Flow logs as text: gzip or plain, space separated, in any field order, as they are found in the wild.

Most files are clean and are parsed by Arrow's CSV reader, megabytes at a time. A piece that holds anything
odd (doubled spaces, CRLF, a header repeated in mid-file, broken lines) is read line by line instead.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, LOG_STATUSES, NEEDED, Type

ARROW_TYPES = {Type.STRING: pa.string(), Type.INT: pa.int32(), Type.BIGINT: pa.int64()}

_PIECE_BYTES = 16 * 2**20
_READ_BYTES = 2**20
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_ODDITIES = (b"  ", b"\r", b" \n", b"\n ", b"srcaddr", b"\t", _BOM)
_TIMESTAMP = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?")
_MISSING = (b"-", b"")
_INT_BITS = {Type.INT: 31, Type.BIGINT: 63}


class NotAFlowLogError(Exception):
    """The file cannot be read at all; the text says why, as a sentence's end."""


@dataclass
class TextReader:
    """Reads one file's records as record batches of the `wanted` columns.

    `fault` says after the reading what kept a part of the file from being read, or is empty; what was
    readable has been given. Raises NotAFlowLogError where nothing is.
    """

    wanted: Sequence[str]
    fault: str = ""
    _fields: tuple[str, ...] = ()
    _bad_lines: int = field(default=0)

    def read(self, file: BinaryIO) -> Iterator[pa.RecordBatch]:
        """The file's records, in order."""
        for piece in _cut_at_lines(self._decompress(file)):
            clean = piece if self._fields else self._take_header(piece)
            if clean:
                yield from self._parse(clean)
        if self._bad_lines:
            lines = "1 line" if self._bad_lines == 1 else f"{self._bad_lines:,} lines"
            self.fault = self.fault or f"{lines} in it cannot be read"
        if not self._fields and not self.fault:
            raise NotAFlowLogError("it is empty")

    def _decompress(self, file: BinaryIO) -> Iterator[bytes]:
        data = file.read(_READ_BYTES)
        if not data.startswith(_GZIP_MAGIC):
            while data:
                yield data
                data = file.read(_READ_BYTES)
            return
        yield from self._gunzip(file, data)

    def _gunzip(self, file: BinaryIO, data: bytes) -> Iterator[bytes]:
        """The members of a gzip file one after the other; a cut or broken one ends it."""
        member = zlib.decompressobj(wbits=31)
        try:
            while data:
                yield member.decompress(data)
                data = member.unused_data
                if member.eof and data.strip(b"\0"):
                    member = zlib.decompressobj(wbits=31)
                elif member.eof or not data:
                    data = file.read(_READ_BYTES)
                    if member.eof and data:
                        member = zlib.decompressobj(wbits=31)
        except zlib.error:
            self.fault = "its gzip data is damaged"
            return
        if not member.eof:
            self.fault = "its gzip data ends too early"

    def _take_header(self, piece: bytes) -> bytes:
        """Learn the fields from the first line that is not blank, and give what follows the header."""
        text = piece.removeprefix(_BOM).lstrip()
        line, _, rest = text.partition(b"\n")
        words = line.split()
        if not words:
            return b""
        if fields := _read_header(words):
            self._use(fields)
            return rest
        self._use(_guess_fields(words))
        return text

    def _use(self, fields: tuple[str, ...]) -> None:
        missing = [name for name in self.wanted if name in NEEDED and name not in fields]
        if missing:
            raise NotAFlowLogError(describe_missing(missing))
        self._fields = fields

    def _parse(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        if not any(oddity in piece for oddity in _ODDITIES):
            try:
                yield from self._parse_clean(piece)
            except pa.ArrowInvalid:
                pass
            else:
                return
        yield self._parse_lines(piece)

    def _parse_clean(self, piece: bytes) -> list[pa.RecordBatch]:
        types = {name: ARROW_TYPES[FIELDS[name]] for name in self.wanted}
        columns = [name for name in self.wanted if name in self._fields]
        bad_lines = 0

        def skip(_: csv.InvalidRow) -> str:
            nonlocal bad_lines
            bad_lines += 1
            return "skip"

        table = csv.read_csv(
            pa.BufferReader(piece),
            csv.ReadOptions(column_names=self._fields, use_threads=False, block_size=_PIECE_BYTES * 2),
            csv.ParseOptions(delimiter=" ", quote_char=False, invalid_row_handler=skip),
            csv.ConvertOptions(
                column_types=types,
                include_columns=columns,
                null_values=["-", ""],
                strings_can_be_null=True,
                check_utf8=True,
            ),
        )
        self._bad_lines += bad_lines
        return [self._complete(batch) for batch in table.to_batches()]

    def _complete(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if len(batch.schema) == len(self.wanted):
            return batch
        absent = {name: ARROW_TYPES[FIELDS[name]] for name in self.wanted if name not in batch.schema.names}
        for name, type_ in absent.items():
            batch = batch.append_column(name, pa.nulls(batch.num_rows, type_))
        return batch.select(list(self.wanted))

    def _parse_lines(self, piece: bytes) -> pa.RecordBatch:
        columns: dict[str, list[object]] = {name: [] for name in self.wanted}
        for line in piece.split(b"\n"):
            words = line.removeprefix(_BOM).split()
            if not words:
                continue
            if fields := _read_header(words):
                self._use(fields)
                continue
            record = self._read_record(words)
            for name, values in columns.items():
                if record is not None:
                    values.append(record.get(name))
        arrays = [pa.array(values, ARROW_TYPES[FIELDS[name]]) for name, values in columns.items()]
        return pa.RecordBatch.from_arrays(arrays, list(self.wanted))

    def _read_record(self, words: list[bytes]) -> dict[str, object] | None:
        """One line's fields; None, and counted as bad, where the line does not fit the format."""
        if len(words) == len(self._fields):
            try:
                texts = dict(zip(self._fields, words, strict=True))
                return {name: _read_value(name, texts[name]) for name in self.wanted if name in texts}
            except ValueError:
                pass
        self._bad_lines += 1
        return None


def describe_missing(names: Sequence[str]) -> str:
    """What cannot be answered without these columns, as a sentence's end."""
    columns = ", ".join(name.replace("_", "-") for name in names)
    return f"it lacks {columns}: without {names[0].replace('_', '-')}, {NEEDED[names[0]]}"


def _cut_at_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces that end at a line's end, but for the last."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE_BYTES:
            whole, newline, rest = b"".join(held).rpartition(b"\n")
            if newline:
                yield whole + newline
            held, size = [rest], len(rest)
    yield b"".join(held)


def _read_header(words: Sequence[bytes]) -> tuple[str, ...]:
    """The fields that a header line names; empty where the line is none."""
    names = tuple(word.decode("utf-8", "replace").replace("-", "_").lower() for word in words)
    is_header = "srcaddr" in names or "dstaddr" in names or "log_status" in names
    if is_header and len(set(names)) < len(names):
        raise NotAFlowLogError("its header names a column twice")
    return names if is_header else ()


def _guess_fields(words: Sequence[bytes]) -> tuple[str, ...]:
    """The default format of a file without a header, or of CloudWatch's export with its timestamps."""
    by_time = len(words) == len(DEFAULT_FORMAT) + 1 and _TIMESTAMP.fullmatch(words[0]) is not None
    record = words[1:] if by_time else words
    statuses = {status.encode() for status in LOG_STATUSES}
    if len(record) == len(DEFAULT_FORMAT) and record[-1] in statuses:
        return ("timestamp", *DEFAULT_FORMAT) if by_time else DEFAULT_FORMAT
    raise NotAFlowLogError("it is not a flow log")


def _read_value(name: str, text: bytes) -> object:
    if text in _MISSING:
        return None
    type_ = FIELDS[name]
    if type_ is Type.STRING:
        return text.decode("utf-8")
    number = int(text)
    if number.bit_length() > _INT_BITS[type_]:
        raise ValueError(text)
    return number
