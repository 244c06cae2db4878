"""One scan on either engine, each giving its result as the file that reports are made from."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bot.domain.cost import Cost
from bot.parts import build_engine
from bot.services.ports import Outcome, State
from tests.trino.client import query

if TYPE_CHECKING:
    from pathlib import Path

    from bot.services.ports import Scan
    from bot.settings import Settings
    from tests.trino.server import TrinoServer

TYPES = {"varchar": pa.string(), "integer": pa.int32(), "bigint": pa.int64()}
WAIT_S = 60


def scan_trino(server: TrinoServer, schema: str, scan: Scan, result: Path) -> Outcome:
    """Run a scan's text as it is, on the tables of a schema. Raises QueryError."""
    answer = query(server, schema, scan.statement)
    types = pa.schema([(name, TYPES[kind.partition("(")[0]]) for name, kind in answer.columns])
    columns = list(zip(*answer.rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types.types, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=types), result)
    return Outcome(result, Cost(0, 0.0))


def scan_duckdb(settings: Settings, scan: Scan) -> Outcome:
    """Run a scan on the embedded engine over the logs that the settings name."""
    with closing(build_engine(settings)) as engine:
        execution = engine.start("duckdb", scan)
        while (progress := engine.poll([execution])[execution]).state is State.RUNNING:
            engine.wait(WAIT_S)
        assert progress.state is State.SUCCEEDED, progress.reason
        return engine.fetch(execution)


def read_rows(outcome: Outcome) -> list[dict[str, Any]]:
    """The rows of a result, in its order."""
    rows: list[dict[str, Any]] = pq.read_table(outcome.result).to_pylist()
    return rows
