"""Membership by the address's number against `cidrtable`, on DuckDB: what must be made for either included.

Both ends of each record are looked up in two networks, as the statements do, and half of them lie there: the
readers leave out most of the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import duckdb
import pyarrow as pa

from bot.adapters.duckdb_membership import tell_by_numbers
from bot.adapters.flowlog_numbers import with_address_numbers
from bot.domain.binder import bind
from bot.domain.cidr import Block, parse_block
from bot.services.statements import load_text
from tests.bench.table import Row, compare

_ADDRESS = "'10.' || hash(i + {0}) % 4 || '.' || hash(i + {0} + 1) % 256 || '.' || hash(i + {0} + 2) % 256"
_DRAW = (
    f"SELECT {_ADDRESS.format(0)} AS srcaddr, {_ADDRESS.format(3)} AS dstaddr FROM range({{records}}) AS t(i)"
)
_LISTED = """
INSERT INTO cidrtable
SELECT '{block}', concat_ws('.', n >> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255)
FROM (SELECT {first} + unnest(range({size})) AS n)
"""
_HOME = parse_block("10.1.0.0/16").block


def measure(records: int, times: int) -> Iterator[Row]:
    """A row for a /24, /16, /12 and /8, and for fifty blocks."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        record = connection.sql(_DRAW.format(records=records)).to_arrow_table()
        for prefix in (24, 16, 12, 8):
            yield _compare(
                connection, record, f"a /{prefix}", [parse_block(f"10.0.0.0/{prefix}").block], times
            )
        fifty = [parse_block(f"10.{number}.0.0/16").block for number in range(0, 100, 2)]
        yield _compare(connection, record, "fifty /16", fifty, times)


def _compare(
    connection: duckdb.DuckDBPyConnection, record: pa.Table, what: str, blocks: list[Block], times: int
) -> Row:
    condition = bind(load_text("scenarios/peering.sql"), {"asked": tuple(blocks), "home": (_HOME,)})
    everything = [*blocks, _HOME]
    listed, numbered = [], []
    for _ in range(times):
        listed.append(_count_by_list(connection, record, condition, everything))
        numbered.append(_count_by_number(connection, record, tell_by_numbers(condition, everything)))
    if len({count for _, count in (*listed, *numbered)}) > 1:
        raise ValueError(f"the two ways differ on {what}")
    ours, theirs = (median(seconds for seconds, _ in taken) for taken in (numbered, listed))
    return compare(f"membership in {what}, by number", ours, theirs, "cidrtable", "< 1")


def _count_by_list(
    connection: duckdb.DuckDBPyConnection, record: pa.Table, condition: str, blocks: list[Block]
) -> tuple[float, int]:
    began = time.perf_counter()
    connection.execute("CREATE OR REPLACE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
    for block in blocks:
        connection.execute(_LISTED.format(block=block, first=block.first, size=block.size))
    count = _count(connection, record.to_reader(), condition)
    return time.perf_counter() - began, count


def _count_by_number(
    connection: duckdb.DuckDBPyConnection, record: pa.Table, condition: str
) -> tuple[float, int]:
    began = time.perf_counter()
    count = _count(connection, with_address_numbers(record.to_reader()), condition)
    return time.perf_counter() - began, count


def _count(connection: duckdb.DuckDBPyConnection, records: pa.RecordBatchReader, condition: str) -> int:
    connection.register("record", records)
    return int(connection.execute(f"SELECT count(*) FROM record WHERE {condition}").fetchall()[0][0])
