"""Flow logs as text: gzip or plain, space separated, in any field order, as they are found in the wild.

Most files are as AWS wrote them, and compiled code cuts them, megabytes at a time. What it does not take,
Arrow's CSV reader parses; and a piece that holds anything odd (a doubled space, a tab, a header repeated in
mid-file, a broken line) is read line by line: the CSV reader refuses a line of too many or too few words and
a word that is not of its column's type, and what it takes all the same makes no sensible record.

ISA-L unpacks gzip about three times as fast as zlib does, with the same checks.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import pyarrow as pa
from isal import isal_zlib
from pyarrow import csv

from bot.adapters.flowlog_lines import LineReader
from bot.adapters.flowlog_values import (
    NotAFlowLogError,
    build_schema,
    choose_text_type,
    drop_senseless,
    find_missing,
    fits,
    has_odd_status,
)
from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, LOG_STATUSES, NEEDED, OPTIONAL
from bot.domain.wording import count

_PIECE_BYTES = 16 * 2**20
"""How much text is parsed at once, for threads stand in each other's way from piece to piece.

A line longer than that is none of a flow log.
"""

_TOGETHER_BYTES = 3 * _PIECE_BYTES
_READ_BYTES = 2**18
_UNPACKED_BYTES = 2**20
_GzipError = cast("type[Exception]", isal_zlib.error)  # its stubs take the class for an instance
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_NEWLINE = b"\n"
_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?\s*([^\n]*)\n?")
_TIMESTAMP = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?")
_SMALL_NUMBER = re.compile(rb"\d{1,2}")
_NUMBER = re.compile(rb"-?\d{1,19}")
_MISSING = (b"-", b"")
_NAMES = frozenset(name.replace("_", "-").encode() for name in FIELDS)
_STATUSES = tuple(status.encode() for status in LOG_STATUSES)
_LINES_A_BATCH = 2**13
_NO_FIELDS: tuple[str, ...] = ()
_FOREIGN = "it is not a flow log"


class Workbench:
    """Where one thread reads the `wanted` columns of text, file after file; they include all NEEDED ones.

    Its memory is used again and again, for that is at hand, and new memory is not.
    """

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = wanted
        self.schema = build_schema(wanted)
        self.types = {name: choose_text_type(name) for name in wanted}
        self.room = mmap.mmap(-1, _TOGETHER_BYTES + _UNPACKED_BYTES)
        self._fields: tuple[str, ...] = ()

    def open_lines(self, fields: tuple[str, ...]) -> LineReader:
        """What cuts lines of these fields: mostly the same as in the file before."""
        if fields != self._fields:
            self._fields, self._lines = fields, LineReader(fields, self.types)
        return self._lines


@dataclass
class TextReader:
    """Reads one file's records as record batches of the columns that are wanted at its workbench.

    `fault` says after the reading what kept a part of the file from being read, or is empty; what was
    readable has been given. `fields` are those of the file's lines, as its last header named them.
    """

    bench: Workbench
    fault: str = ""
    fields: tuple[str, ...] = ()
    _header: bytes = field(default=b"", init=False)
    _bad_lines: int = field(default=0, init=False)

    def read(self, file: BinaryIO) -> Iterator[pa.RecordBatch]:
        """The file's records, in order. Raises NotAFlowLogError where reading on makes no sense."""
        for piece in self._cut_at_lines(self._decompress(file)):
            text = piece if self.fields else self._take_header(piece)
            yield from self._parse(text)
        if not self.fields and not self.fault:
            raise NotAFlowLogError("it is empty")
        self._tell_bad_lines()

    def add_text(self, file: BinaryIO, size: int) -> int:
        """Put the lines of one more small file behind the first `size` bytes of the room; returns their end.

        Raises NotAFlowLogError where not all can be had, or they have other fields than those before.
        """
        pieces = self._decompress(file)
        end = self._put(self._take_same_header(next(pieces, b"")), size)
        for piece in pieces:
            end = self._put(piece, end)
        if self.fault:
            raise NotAFlowLogError(self.fault)
        ends_whole = end == size or self.bench.room[end - 1 : end] == _NEWLINE
        return end if ends_whole else self._put(_NEWLINE, end)

    def _put(self, text: bytes | memoryview, at: int) -> int:
        end = at + len(text)
        if end > _TOGETHER_BYTES:
            raise NotAFlowLogError(_FOREIGN)
        self.bench.room[at:end] = text
        return end

    def parse_strictly(self, text: bytes | memoryview) -> list[pa.RecordBatch]:
        """The records of lines without any oddity. Raises NotAFlowLogError where there is one."""
        if not text:
            return []
        if (batch := self._lines.read(text)) is not None:
            return [batch]
        try:
            batches = self._parse_csv(text)
        except pa.ArrowInvalid as error:
            raise NotAFlowLogError(_FOREIGN) from error
        if any(has_odd_status(batch) or drop_senseless(batch)[1] for batch in batches):
            raise NotAFlowLogError(_FOREIGN)
        return batches

    def _tell_bad_lines(self) -> None:
        bad = f"{count(self._bad_lines, 'line')} in it cannot be read" if self._bad_lines else ""
        self.fault = "; ".join(filter(None, (self.fault, bad)))

    def _decompress(self, file: BinaryIO) -> Iterator[bytes]:
        data = file.read(_READ_BYTES)
        if data.startswith(_GZIP_MAGIC):
            yield from self._gunzip(file, data)
            return
        while data:
            yield data
            data = file.read(_READ_BYTES)

    def _gunzip(self, file: BinaryIO, data: bytes) -> Iterator[bytes]:
        """The members of a gzip file one after the other, in bounded steps; a cut or broken one ends it."""
        member = isal_zlib.decompressobj(wbits=31)
        try:
            while data or (data := file.read(_READ_BYTES)):
                if member.eof:
                    data = data.lstrip(b"\0")  # padding
                    if not data:
                        continue
                    member = _open_member(data)
                yield member.decompress(data, _UNPACKED_BYTES)
                data = member.unused_data if member.eof else member.unconsumed_tail
            yield member.flush()
        except _GzipError:
            self.fault = "its gzip data is damaged"
            return
        if not member.eof:
            self.fault = "its gzip data ends too early"

    def _cut_at_lines(self, pieces: Iterable[bytes]) -> Iterator[memoryview]:
        """The same bytes in larger pieces that end at a line's end; a cut file's last line is left out.

        Each is good until the next is asked for: memory that is used again is at hand, and new memory is not.
        """
        room, size = self.bench.room, 0
        for piece in pieces:
            room[size : size + len(piece)] = piece
            size += len(piece)
            if size >= _PIECE_BYTES:
                if end := room.rfind(_NEWLINE, 0, size) + 1:
                    yield memoryview(room)[:end]
                room.move(0, end, size - end)
                size -= end
                if size >= _PIECE_BYTES:
                    raise NotAFlowLogError("a line in it is too long" if self.fields else _FOREIGN)
        yield memoryview(room)[: room.rfind(_NEWLINE, 0, size) + 1 if self.fault else size]

    def _take_header(self, piece: memoryview) -> memoryview:
        """Learn the fields from the first line that is not blank, and give what follows the header."""
        first = cast("re.Match[bytes]", _FIRST_LINE.match(piece))
        line = bytes(first[1])
        if not line:
            return piece[first.end() :]
        if fields := _read_header(line):
            self._use(fields)
            self._header = bytes(piece[: first.end()])
            return piece[first.end() :]
        self._use(_guess_fields(line.split()))
        return piece[first.start(1) :]

    def _take_same_header(self, piece: bytes) -> memoryview:
        """What follows another file's header, which must name the fields that are known already, if any."""
        text = memoryview(piece)
        if self._header and piece.startswith(self._header):
            return text[len(self._header) :]
        known, self.fields = self.fields, _NO_FIELDS
        text = self._take_header(text)
        if not self.fields or known not in {_NO_FIELDS, self.fields} or _NEWLINE not in piece:
            raise NotAFlowLogError(_FOREIGN)
        return text

    def _use(self, fields: tuple[str, ...]) -> None:
        where = "from its second header on, " if self.fields else ""
        if missing := find_missing(self.bench.wanted, fields):
            raise NotAFlowLogError(where + missing)
        if len(set(fields)) < len(fields):
            raise NotAFlowLogError(f"{where}it names a column twice")
        self.fields = fields
        self._lines = self.bench.open_lines(fields)

    def _parse(self, piece: memoryview) -> Iterator[pa.RecordBatch]:
        """A piece's records that make sense; where any does not, its lines are looked at one by one."""
        try:
            yield from self.parse_strictly(piece)
        except NotAFlowLogError:
            for batch in self._parse_lines(bytes(piece)):
                sensible, others = drop_senseless(batch)
                self._bad_lines += others
                yield sensible

    def _parse_csv(self, piece: bytes | memoryview) -> list[pa.RecordBatch]:
        table: pa.Table = csv.read_csv(
            pa.BufferReader(piece),
            csv.ReadOptions(column_names=self.fields, use_threads=False, block_size=_PIECE_BYTES),
            csv.ParseOptions(delimiter=" ", quote_char=False),
            csv.ConvertOptions(
                column_types=self.bench.types,
                include_columns=self.bench.wanted,
                include_missing_columns=True,
                null_values=["-", ""],
                strings_can_be_null=True,
            ),
        )
        batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
        return batches

    def _parse_lines(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        records: list[dict[str, object]] = []
        for line in piece.splitlines():
            if fields := _read_header(line):
                yield self._build_batch(records)
                records = []
                self._use(fields)
            elif words := line.removeprefix(_BOM).split():
                self._read_record(words, records)
            if len(records) >= _LINES_A_BATCH:
                yield self._build_batch(records)
                records = []
        yield self._build_batch(records)

    def _build_batch(self, records: list[dict[str, object]]) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist(records, schema=self.bench.schema)

    def _read_record(self, words: list[bytes], records: list[dict[str, object]]) -> None:
        """Add one line's fields to the records, or count it as bad where it does not fit the format."""
        try:
            texts = dict(zip(self.fields, words, strict=True))
            records.append(
                {name: self._read_value(name, texts[name]) for name in self.bench.wanted if name in texts}
            )
        except ValueError:
            self._bad_lines += 1

    def _read_value(self, name: str, text: bytes) -> object:
        if text in _MISSING:
            return None
        type_ = self.bench.schema.field(name).type
        if name not in NEEDED:
            return _read_lenient(text, type_, _SMALL_NUMBER if name in OPTIONAL else _NUMBER)
        if pa.types.is_string(type_):
            return text.decode("utf-8")
        if not _NUMBER.fullmatch(text) or not fits(int(text), type_):
            raise ValueError(text)
        return int(text)


def _read_lenient(text: bytes, type_: pa.DataType, number: re.Pattern[bytes]) -> object:
    """A value without which a record is as good as with it."""
    if pa.types.is_string(type_):
        return text.decode("utf-8", "replace")
    return int(text) if number.fullmatch(text) and fits(int(text), type_) else None


def read_together(files: Iterable[BinaryIO], bench: Workbench) -> list[pa.RecordBatch]:
    """The records of several small files, parsed as one text.

    Raises NotAFlowLogError where anything is odd: each must be read by itself then, to tell what it is.
    """
    reader, size = TextReader(bench), 0
    for file in files:
        size = reader.add_text(file, size)
    return reader.parse_strictly(memoryview(bench.room)[:size])


def _open_member(data: bytes) -> isal_zlib.Decompress:
    """What unpacks a further member. ISA-L waits for ten bytes before it refuses what is none."""
    if not _GZIP_MAGIC.startswith(data[: len(_GZIP_MAGIC)]):
        raise _GzipError("no gzip header")
    return isal_zlib.decompressobj(wbits=31)


def _read_header(line: bytes) -> tuple[str, ...]:
    """The fields that a header line names; empty where the line is none."""
    words = line.removeprefix(_BOM).lower().replace(b"_", b"-").split()
    if not words or 2 * sum(word in _NAMES for word in words) <= len(words):
        return ()
    return tuple(word.decode("utf-8", "replace").replace("-", "_") for word in words)


def _guess_fields(words: Sequence[bytes]) -> tuple[str, ...]:
    """The default format of a file without a header, or of CloudWatch's export with its timestamps."""
    by_time = len(words) == len(DEFAULT_FORMAT) + 1 and _TIMESTAMP.fullmatch(words[0]) is not None
    record = words[1:] if by_time else words
    if len(record) == len(DEFAULT_FORMAT) and record[-1] in _STATUSES:
        return ("timestamp", *DEFAULT_FORMAT) if by_time else DEFAULT_FORMAT
    raise NotAFlowLogError(_FOREIGN)
