"""Numbers in place of texts that a statement only groups by: less room in each sum's row, and less time."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

_NUMBER = pa.int32()


def number_texts(records: pa.RecordBatchReader, column: str) -> pa.RecordBatchReader:
    """The records, with a number for each different text of a dictionary column; what is missing stays so."""
    place = records.schema.get_field_index(column)
    schema = records.schema.set(place, pa.field(column, _NUMBER))
    return pa.RecordBatchReader.from_batches(schema, _number(records, place))


def _number(records: pa.RecordBatchReader, place: int) -> Iterator[pa.RecordBatch]:
    known: dict[str, int] = {}
    for batch in records:
        texts = batch.column(place)
        numbers = [known.setdefault(text, len(known)) for text in texts.dictionary.to_pylist()]
        numbered = pa.array(numbers, _NUMBER).take(texts.indices)
        yield batch.set_column(place, pa.field(batch.schema.names[place], _NUMBER), numbered)
