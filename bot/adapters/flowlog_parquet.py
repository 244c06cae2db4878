"""Flow logs as Parquet: AWS's own, and what converters make of them.

The schema drifts between the files of one set (integers here, doubles with nulls there), and some
converters store numbers as text, times as timestamps and missing values as `None`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet

from bot.adapters.flowlog_values import NotAFlowLogError, build_schema, drop_senseless, find_missing
from bot.domain.wording import count

_MISSING = pa.array(["-", "None", ""])
_BATCH_ROWS = 2**17
_WHOLE_NUMBER = r"^-?\d{1,18}$"
_EXACT_DOUBLE = 2.0**53


@dataclass
class ParquetReader:
    """Reads one file's records as record batches of the `wanted` columns, as TextReader does.

    Texts that the file holds in a dictionary stay in one: each is looked at once, and not once a record.
    """

    wanted: Sequence[str]
    fault: str = ""
    _bad_records: int = 0

    def __post_init__(self) -> None:
        self._schema = build_schema(self.wanted)

    def read(self, file: BinaryIO) -> Iterator[pa.RecordBatch]:
        """The file's records, in order. Raises NotAFlowLogError where the file cannot be read at all."""
        try:
            table = _open(file)
        except (pa.ArrowException, OSError) as error:
            raise NotAFlowLogError("its Parquet data is damaged") from error
        columns = self._find_columns(table.schema_arrow.names)
        for batch in self._read_batches(table, list(columns.values())):
            sensible, others = drop_senseless(self._convert(batch, columns))
            self._bad_records += others
            yield sensible
        bad = f"{count(self._bad_records, 'record')} in it cannot be read" if self._bad_records else ""
        self.fault = "; ".join(filter(None, (self.fault, bad)))

    def _find_columns(self, names: Sequence[str]) -> dict[str, str]:
        """The file's own name of each wanted column that it has."""
        own = {_simplify(name): name for name in names}
        times = Counter(map(_simplify, names))
        if missing := find_missing(self.wanted, list(own)):
            raise NotAFlowLogError(missing)
        if any(times[name] > 1 for name in self.wanted):
            raise NotAFlowLogError("it names a column twice")
        return {name: own[name] for name in self.wanted if name in own}

    def _read_batches(self, table: parquet.ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in table.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                batch.validate(full=True)  # Arrow takes texts as they come, and the engine fails over some
                yield batch
        except (pa.ArrowException, OSError):
            self.fault = "a part of its Parquet data is damaged"

    def _convert(self, batch: pa.RecordBatch, columns: dict[str, str]) -> pa.RecordBatch:
        arrays = [
            _cast(batch.column(columns[field.name]), field.type)
            if field.name in columns
            else pa.nulls(batch.num_rows, field.type)
            for field in self._schema
        ]
        return pa.RecordBatch.from_arrays(arrays, names=self._schema.names)


def _open(file: BinaryIO) -> parquet.ParquetFile:
    """The file, its texts to be read into dictionaries, as it holds them."""
    table = parquet.ParquetFile(file, page_checksum_verification=True)
    texts = [each.name for each in table.schema_arrow if pa.types.is_string(each.type)]
    return parquet.ParquetFile(
        file, metadata=table.metadata, read_dictionary=texts, page_checksum_verification=True
    )


def _simplify(name: str) -> str:
    return name.replace("-", "_").lower()


def _cast(values: pa.Array, type_: pa.DataType) -> pa.Array:
    """The values as the type; those that it cannot hold are missing."""
    try:
        if pa.types.is_string(type_):
            return _cast_to_text(values)
        if isinstance(values, pa.DictionaryArray):
            values = values.dictionary_decode()
        return values if values.type == type_ else _cast_to_integer(values, type_)
    except pa.ArrowException:
        return pa.nulls(len(values), type_)


def _cast_to_text(values: pa.Array) -> pa.Array:
    """Texts, in a dictionary where they were; its indices tell which are missing."""
    if not isinstance(values, pa.DictionaryArray):
        return _drop_missing(pc.cast(values, pa.string()))
    texts, indices = _drop_missing(pc.cast(values.dictionary, pa.string())), values.indices
    if texts.null_count:
        indices = pc.if_else(texts.is_null().take(indices), pa.scalar(None, indices.type), indices)
    return pa.DictionaryArray.from_arrays(indices, texts)


def _drop_missing(texts: pa.StringArray) -> pa.StringArray:
    """Without a dash's byte, too, which would be an odd one among those of addresses."""
    return pc.replace_with_mask(texts, pc.is_in(texts, _MISSING), pa.scalar(None, pa.string()))


def _cast_to_integer(values: pa.Array, type_: pa.DataType) -> pa.Array:
    if pa.types.is_floating(values.type):
        is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _EXACT_DOUBLE))
        values = pc.if_else(is_whole, values, pa.scalar(None, values.type))
    elif pa.types.is_timestamp(values.type):
        values = pc.cast(values, pa.timestamp("s", values.type.tz), safe=False)
    elif not pa.types.is_integer(values.type):
        texts = pc.replace_substring_regex(pc.cast(values, pa.string()), r"\.0+$", "")
        is_number = pc.match_substring_regex(texts, _WHOLE_NUMBER)
        values = pc.if_else(is_number, texts, pa.scalar(None, pa.string()))
    return _narrow(pc.cast(values, pa.int64()), type_)


def _narrow(numbers: pa.Int64Array, type_: pa.DataType) -> pa.Array:
    largest = 2 ** (type_.bit_width - 1) - 1
    fit = pc.and_(pc.less_equal(numbers, largest), pc.greater_equal(numbers, -largest))
    return pc.cast(pc.if_else(fit, numbers, pa.scalar(None, pa.int64())), type_)
