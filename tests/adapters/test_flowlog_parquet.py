"""The Parquet reader: values survive the types that converters choose for them."""

import io
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from bot.adapters import flowlog_parquet
from bot.adapters.flowlog_parquet import ParquetReader
from bot.adapters.flowlog_values import NotAFlowLogError
from bot.domain.flowlog import FIELDS, NEEDED
from tests.adapters.test_flowlog_values import RECORD

WANTED = tuple(NEEDED)


def write(columns: dict[str, Any]) -> io.BytesIO:
    """A Parquet file of columns, from its beginning."""
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    file.seek(0)
    return file


def read(columns: dict[str, Any], wanted: tuple[str, ...] = WANTED) -> tuple[list[dict[str, Any]], str]:
    """The records of such a file, and the reader's fault."""
    reader = ParquetReader(wanted)
    records = [record for batch in reader.read(write(columns)) for record in batch.to_pylist()]
    return records, reader.fault


def one(**changes: Any) -> dict[str, Any]:
    """The columns of one record."""
    return {name: [value] for name, value in RECORD.items()} | changes


BYTES = {
    "int32": pa.array([1000], pa.int32()),
    "uint16": pa.array([1000], pa.uint16()),
    "double": pa.array([1000.0]),
    "float": pa.array([1000.0], pa.float32()),
    "text": pa.array(["1000"]),
    "large text": pa.array(["1000"], pa.large_string()),
    "text of a double": pa.array(["1000.0"]),
    "bytes": pa.array([b"1000"]),
    "dictionary": pa.array(["1000"]).dictionary_encode(),
    "decimal": pa.array([1000]).cast(pa.decimal128(20, 0)),
    "decimal with places": pa.array([1000]).cast(pa.decimal128(25, 3)),
}


@pytest.mark.parametrize("values", BYTES.values(), ids=BYTES)
def test_number_in_any_type(values: pa.Array) -> None:
    assert read(one(bytes=values)) == ([RECORD], "")


UNREADABLE = {
    "a fraction": pa.array([0.5]),
    "not a number": pa.array([float("nan")]),
    "infinity": pa.array([float("inf")]),
    "a double too large to be exact": pa.array([2.0**60]),
    "a text": pa.array(["many"]),
    "an empty text": pa.array([""]),
    "None": pa.array(["None"]),
    "a dash": pa.array(["-"]),
    "too many digits": pa.array(["9" * 30]),
    "nothing": pa.nulls(1),
    "a list": pa.array([[1]]),
}


@pytest.mark.parametrize("values", UNREADABLE.values(), ids=UNREADABLE)
def test_value_that_is_no_number(values: pa.Array) -> None:
    """The record is counted as unreadable where it says OK, and stays where it carries no traffic."""
    assert read(one(bytes=values)) == ([], "1 record in it cannot be read")
    records, fault = read(one(bytes=values, log_status=["NODATA"]))
    assert (records, fault) == ([RECORD | {"bytes": None, "log_status": "NODATA"}], "")


TIMES = {
    "seconds": pa.array([1], pa.timestamp("s")),
    "milliseconds": pa.array([1_500], pa.timestamp("ms")),
    "nanoseconds in UTC": pa.array([10**9], pa.timestamp("ns", "UTC")),
}


@pytest.mark.parametrize("values", TIMES.values(), ids=TIMES)
def test_start_as_a_timestamp(values: pa.Array) -> None:
    """A table made by CREATE TABLE AS often holds them so."""
    assert read(one(start=values)) == ([RECORD], "")


@pytest.mark.parametrize("missing", ["-", "None", ""])
def test_missing_texts(missing: str) -> None:
    records, _ = read(one(interface_id=[missing], log_status=pa.array([missing]).dictionary_encode()))
    assert records == [RECORD | {"interface_id": None, "log_status": None}]


def test_int32_that_does_not_fit() -> None:
    """A port of ten digits must not wrap around into another port."""
    assert read(one(srcport=pa.array([2**32 + 443]))) == ([], "1 record in it cannot be read")


def test_columns_that_are_not_there_are_empty() -> None:
    """Raw records have every field, whatever the file's format."""
    records, fault = read(one(vpc_id=["vpc-0a"], unheard_of=[1]), tuple(FIELDS))
    assert (records, fault) == ([dict.fromkeys(FIELDS) | RECORD | {"vpc_id": "vpc-0a"}], "")


def test_large_files_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flowlog_parquet, "_BATCH_ROWS", 10)
    columns = {name: [value] * 25 for name, value in RECORD.items()}
    batches = list(ParquetReader(WANTED).read(write(columns)))
    assert [batch.num_rows for batch in batches] == [10, 10, 5]
    assert {tuple(batch.schema.names) for batch in batches} == {WANTED}


def test_each_text_of_a_file_is_held_once() -> None:
    """Addresses recur: looking at each record's own is most of what reading Parquet would take."""
    columns = {name: [value] * 25 for name, value in RECORD.items()}
    (batch,) = ParquetReader(WANTED).read(write(columns))
    texts = [batch.column(name) for name in ("interface_id", "srcaddr", "dstaddr", "action", "log_status")]
    assert [len(each.dictionary) for each in texts] == [1] * 5


def test_missing_texts_beside_others() -> None:
    columns = {name: [value] * 4 for name, value in RECORD.items()}
    columns |= {"srcaddr": ["10.1.0.1", "-", None, ""], "log_status": ["OK", "NODATA", "NODATA", "NODATA"]}
    records, fault = read(columns)
    assert ([record["srcaddr"] for record in records], fault) == (["10.1.0.1", None, None, None], "")


def test_a_text_that_only_a_record_of_data_may_not_lack() -> None:
    columns = {name: [value] * 2 for name, value in RECORD.items()}
    columns |= {"dstaddr": ["-", "-"], "log_status": ["OK", "NODATA"]}
    records, fault = read(columns)
    assert ([record["log_status"] for record in records], fault) == (
        ["NODATA"],
        "1 record in it cannot be read",
    )


def test_twice_the_same_name() -> None:
    """Dashes, underscores and letter case do not make two columns of one."""
    with pytest.raises(NotAFlowLogError, match=r"^it names a column twice$"):
        read(one(**{"LOG-STATUS": ["OK"]}))
    assert read(one(extra=[1], EXTRA=[2])) == ([RECORD], "")
