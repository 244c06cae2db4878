"""Numbers for texts of a stream of records: an engine groups and compares them in less time and room."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from bot.adapters.flowlog_addresses import number_addresses
from bot.adapters.flowlog_values import ADDRESS_NUMBER, ADDRESSES

ADDRESS_NUMBERS = {name: f"{name}_number" for name in ADDRESSES}
"""The columns that `with_address_numbers` adds, by those that they are made of."""

_TEXT_NUMBER = pa.int32()


def number_texts(records: pa.RecordBatchReader, column: str) -> pa.RecordBatchReader:
    """The records, with a number for each different text of a dictionary column; what is missing stays so."""
    place, field = records.schema.get_field_index(column), pa.field(column, _TEXT_NUMBER)
    return pa.RecordBatchReader.from_batches(records.schema.set(place, field), _number(records, place, field))


def with_address_numbers(records: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The records, and behind their columns the numbers of their IPv4 addresses."""
    schema = records.schema
    for name in ADDRESS_NUMBERS.values():
        schema = schema.append(pa.field(name, ADDRESS_NUMBER))
    return pa.RecordBatchReader.from_batches(schema, _add_numbers(records, schema))


def _number(records: pa.RecordBatchReader, place: int, field: pa.Field) -> Iterator[pa.RecordBatch]:
    known: dict[str, int] = {}
    for batch in records:
        texts = batch.column(place)
        numbers = [known.setdefault(text, len(known)) for text in texts.dictionary.to_pylist()]
        yield batch.set_column(place, field, pa.array(numbers, _TEXT_NUMBER).take(texts.indices))


def _add_numbers(records: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in records:
        numbers = [number_addresses(batch.column(name)) for name in ADDRESS_NUMBERS]
        yield pa.RecordBatch.from_arrays([*batch.columns, *numbers], schema=schema)
