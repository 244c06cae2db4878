"""Membership by `cidrtable` against membership by the address's text, on DuckDB, loading the table included."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import duckdb

from bot.adapters.duckdb_membership import write_text_condition
from bot.domain.cidr import Block, parse_block
from tests.bench.table import Row

_DRAW = """
CREATE TABLE record AS
SELECT '10.' || hash(i) % 64 || '.' || hash(i + 1) % 256 || '.' || hash(i + 2) % 256 AS srcaddr
FROM range({records}) AS t(i)
"""
_LISTED = """
INSERT INTO cidrtable
SELECT '{block}', concat_ws('.', n >> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255)
FROM (SELECT {first} + unnest(range({size})) AS n)
"""


def measure(records: int, times: int) -> Iterator[Row]:
    """A row for a /24, /16, /12 and /8, and for fifty blocks."""
    with duckdb.connect() as connection:
        connection.execute(_DRAW.format(records=records))
        for prefix in (24, 16, 12, 8):
            yield _compare(connection, f"a /{prefix}", [parse_block(f"10.0.0.0/{prefix}").block], times)
        fifty = [parse_block(f"10.{number}.0.0/16").block for number in range(50)]
        yield _compare(connection, "fifty /16", fifty, times)


def _compare(connection: duckdb.DuckDBPyConnection, what: str, blocks: list[Block], times: int) -> Row:
    pairs = [(_list_and_count(connection, blocks), _count_by_text(connection, blocks)) for _ in range(times)]
    if any(listed[1] != by_text[1] for listed, by_text in pairs):
        raise ValueError(f"the two ways differ on {what}")
    listed, by_text = (median(pair[side][0] for pair in pairs) for side in (0, 1))
    figure = f"{by_text:.3f} s by text"
    return Row(
        f"membership in {what}",
        figure,
        f"cidrtable: {listed:.3f} s",
        f"{by_text / listed:.2f}",
        "by text above a /16",
    )


def _list_and_count(connection: duckdb.DuckDBPyConnection, blocks: list[Block]) -> tuple[float, int]:
    began = time.perf_counter()
    connection.execute("CREATE OR REPLACE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
    for block in blocks:
        connection.execute(_LISTED.format(block=block, first=block.first, size=block.size))
    count = _count(connection, "srcaddr IN (SELECT ip FROM cidrtable)")
    return time.perf_counter() - began, count


def _count_by_text(connection: duckdb.DuckDBPyConnection, blocks: list[Block]) -> tuple[float, int]:
    began = time.perf_counter()
    count = _count(connection, " OR ".join(write_text_condition("srcaddr", block) for block in blocks))
    return time.perf_counter() - began, count


def _count(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM record WHERE {condition}").fetchall()[0][0])
