"""A scan's statement on DuckDB, from the records that are read to the file that holds its result.

The engine loads this, and DuckDB with it, when the reading has begun: to load it takes as long as the first
megabytes of text.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import parquet

from bot.adapters.duckdb_execution import Execution
from bot.adapters.duckdb_membership import tell_by_numbers
from bot.adapters.flowlog_candidates import add_others
from bot.adapters.flowlog_numbers import ADDRESS_NUMBERS, number_texts, with_address_numbers
from bot.adapters.flowlog_reader import FlowLogReader
from bot.errors import EngineError
from bot.services.ports import Scan

_ROWS_A_WRITE = 2**15
"""Rows that a report reads at once: several such parts of a result are read by several threads."""


def run_statement(
    scan: Scan,
    reader: FlowLogReader,
    records: pa.RecordBatchReader,
    result: Path,
    shares: int,
    execution: Execution,
) -> None:
    """Run a scan's statement over the `records` of a reader, with one of the memory's `shares`, into a file.

    Raises EngineError, OSError where the file cannot be written, and StoppedError.
    """
    # Only the log's own records name their interface; a scan tells them from one another.
    records = records if scan.is_raw else number_texts(records, "interface_id")
    try:
        with _connect(result.with_name(f".{uuid.uuid4().hex}.spill"), shares) as connection:
            execution.compute(partial(_interrupt, connection))
            connection.register("vpcflowlogstable", with_address_numbers(records))
            rows = _define_rows(connection, scan).to_arrow_reader(_ROWS_A_WRITE)
            batches = execution.watch(_translate_errors(rows))
            if "records" in rows.schema.names:  # raw rows have no coverage
                batches = add_others(batches, reader.others)
            _write_whole(result, rows.schema, batches)
    except duckdb.Error as error:
        raise EngineError(_describe(error)) from error


@contextlib.contextmanager
def _connect(spill: Path, shares: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with its share of the memory, which spills what is too large for it into a folder."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "memory_limit": f"{max(1, 80 // shares)}%",
        "temp_directory": str(spill),
    }
    try:
        with duckdb.connect(config=config) as connection:
            yield connection
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _interrupt(connection: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # it may have been closed in between
        connection.interrupt()


def _define_rows(connection: duckdb.DuckDBPyConnection, scan: Scan) -> duckdb.DuckDBPyRelation:
    """The rows of a scan; raw ones have what a record has, and no numbers of ours."""
    rows = connection.sql(tell_by_numbers(scan.statement, scan.question.blocks))
    return rows.project(f"* EXCLUDE ({', '.join(ADDRESS_NUMBERS.values())})") if scan.is_raw else rows


def _write_whole(whole: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write the rows into a file that appears only when it is whole."""
    half = whole.with_suffix(f".{uuid.uuid4().hex}.half")
    try:
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        # Numbers are written as they are: sought in a dictionary first, they take longer and more room.
        with parquet.ParquetWriter(half, schema, compression="zstd", use_dictionary=texts) as writer:
            for batch in batches:
                writer.write_batch(batch)
        half.replace(whole)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _translate_errors(rows: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows; what fails while they are made is the statement's failure, though Arrow tells it."""
    try:
        yield from rows
    except (pa.ArrowException, OSError) as error:
        raise EngineError(_describe(error)) from error


def _describe(error: Exception) -> str:
    return f"DuckDB could not run the scan: {str(error).partition(chr(10))[0]}"
