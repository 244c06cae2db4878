"""Membership by `cidrtable` against address arithmetic on Trino, Athena's engine, where `make trino` has put it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from bot.domain.cidr import expand, parse_block
from tests.bench.table import Row
from tests.trino.catalog import write_cidr_table
from tests.trino.client import QueryError, query
from tests.trino.server import TrinoServer, find_installation, find_java, run_server

_MOST_RECORDS = 2_000_000
_FEW_BLOCKS = 4
"""Of more, arithmetic takes minutes, and one run tells enough."""
_DRAW = """
COPY (
    SELECT '', '10.' || hash(i) % 64 || '.' || hash(i + 1) % 256 || '.' || hash(i + 2) % 256 FROM range({records}) AS t(i)
) TO '{path}' (FORMAT csv, HEADER false)
"""


def measure(records: int, times: int) -> Iterator[Row]:
    """A row for a /24, /16, /12 and /8, and for fifty blocks."""
    installation = find_installation()
    if not installation.is_dir():
        yield Row("membership on Trino", "no server here: make trino fetches it")
        return
    cases = {f"a /{prefix}": [f"10.0.0.0/{prefix}"] for prefix in (24, 16, 12, 8)}
    cases["fifty /16"] = [f"10.{number}.0.0/16" for number in range(50)]
    with (
        TemporaryDirectory() as folder,
        contextmanager(run_server)(find_java(), installation, Path(folder)) as server,
    ):
        _draw_records(server, min(records, _MOST_RECORDS))
        for number, (what, blocks) in enumerate(cases.items()):
            _write_expansions(server, f"blocks{number}", blocks)
            yield _compare(server, f"blocks{number}", what, blocks, times if len(blocks) < _FEW_BLOCKS else 1)


def _draw_records(server: TrinoServer, records: int) -> None:
    """Addresses where a table of expansions has its own: only that they are there counts."""
    folder = server.files / "records"
    folder.mkdir(parents=True)
    duckdb.sql(_DRAW.format(records=records, path=folder / "records.csv"))
    query(server, "", "CREATE SCHEMA records")
    write_cidr_table(server, "records", "local:///records/")


def _write_expansions(server: TrinoServer, schema: str, blocks: Sequence[str]) -> None:
    folder = server.files / schema
    folder.mkdir()
    for number, block in enumerate(blocks):
        with (folder / f"{number}.csv").open("wb") as file:
            file.writelines(expand(parse_block(block).block))
    query(server, "", f"CREATE SCHEMA {schema}")
    write_cidr_table(server, schema, f"local:///{schema}/")


def _compare(server: TrinoServer, schema: str, what: str, blocks: Sequence[str], times: int) -> Row:
    literals = ", ".join(f"'{block}'" for block in blocks)
    listed = f"ip IN (SELECT ip FROM {schema}.cidrtable WHERE cidr IN ({literals}))"
    counted = " OR ".join(f"contains('{block}', TRY_CAST(ip AS IPADDRESS))" for block in blocks)
    by_address = _count(server, counted, times)
    what, figure = f"membership on Trino in {what}", f"{by_address[0]:.2f} s by arithmetic"
    try:
        by_list = _count(server, listed, times)
    except QueryError as error:
        return Row(what, figure, f"cidrtable: {str(error).partition(' [')[0]}")
    if by_list[1] != by_address[1]:
        raise ValueError(f"the two ways differ on {what}")
    return Row(what, figure, f"cidrtable: {by_list[0]:.2f} s", f"{by_address[0] / by_list[0]:.2f}")


def _count(server: TrinoServer, condition: str, times: int) -> tuple[float, int]:
    """The seconds that it takes to count the records so, and their number."""
    taken, count = [], 0
    for _ in range(times):
        began = time.perf_counter()
        count = query(server, "", f"SELECT count(*) FROM records.cidrtable WHERE {condition}").rows[0][0]
        taken.append(time.perf_counter() - began)
    return median(taken), count
