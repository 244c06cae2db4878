"""Flow logs as Parquet: AWS's own, and what converters make of them.

The schema drifts between the files of one set (integers here, doubles with nulls there), and some
converters store numbers as text and missing values as `None`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet

from bot.adapters.flowlog_text import ARROW_TYPES, NotAFlowLogError, describe_missing
from bot.domain.flowlog import FIELDS, NEEDED

_MISSING = pa.array(["-", "None", ""])
_BATCH_ROWS = 2**17


@dataclass
class ParquetReader:
    """Reads one file's records as record batches of the `wanted` columns, as TextReader does."""

    wanted: Sequence[str]
    fault: str = ""

    def read(self, file: BinaryIO) -> Iterator[pa.RecordBatch]:
        """The file's records, in order. Raises NotAFlowLogError where the file cannot be read at all."""
        try:
            table = parquet.ParquetFile(file)
        except (pa.ArrowException, OSError) as error:
            raise NotAFlowLogError("its Parquet data is damaged") from error
        names = {name.replace("-", "_").lower(): name for name in table.schema_arrow.names}
        missing = [name for name in self.wanted if name in NEEDED and name not in names]
        if missing:
            raise NotAFlowLogError(describe_missing(missing))
        yield from self._read_batches(table, names)

    def _read_batches(self, table: parquet.ParquetFile, names: dict[str, str]) -> Iterator[pa.RecordBatch]:
        columns = [names[name] for name in self.wanted if name in names]
        try:
            for batch in table.iter_batches(_BATCH_ROWS, columns=columns):
                yield self._convert(batch, names)
        except (pa.ArrowException, OSError):
            self.fault = "a part of its Parquet data is damaged"

    def _convert(self, batch: pa.RecordBatch, names: dict[str, str]) -> pa.RecordBatch:
        arrays = [
            _cast(batch.column(names[name]), ARROW_TYPES[FIELDS[name]])
            if name in names
            else pa.nulls(batch.num_rows, ARROW_TYPES[FIELDS[name]])
            for name in self.wanted
        ]
        return pa.RecordBatch.from_arrays(arrays, list(self.wanted))


def _cast(values: pa.Array, type_: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        missing = pc.is_in(values, pc.cast(_MISSING, values.type))
        values = pc.if_else(missing, pa.scalar(None, values.type), values)
    return pc.cast(values, type_)
