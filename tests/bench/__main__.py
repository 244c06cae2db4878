"""`make bench`: every figure, what it is compared with, and its target, in one table.

BENCH_RECORDS  how many records the logs have (1000000)
BENCH_LARGEST  how many the largest set has, which shows how time and memory grow (as many)
BENCH_TIMES    how often each comparison is made (3); the medians count
BENCH_FOLDER   where the logs are generated, and kept for the next time
BENCH_WRITE    a document to write the table into, between its two marks
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import (
    answering,
    expansions,
    membership,
    membership_on_trino,
    paid_bytes,
    rivals,
    scans,
    starting,
)
from tests.bench.generator import Shape, write_logs
from tests.bench.table import Row, render, write_between_marks

_BYTES_A_RECORD = 200
"""What one record takes on disk, in all the formats together."""
_SMALL = 20_000
"""Records for what measures the way to Slack, and not the scan."""


def main() -> None:
    records = int(os.environ.get("BENCH_RECORDS") or 1_000_000)
    largest = max(records, int(os.environ.get("BENCH_LARGEST") or 0))
    times = int(os.environ.get("BENCH_TIMES") or 3)
    kept = os.environ.get("BENCH_FOLDER") or str(Path(tempfile.gettempdir(), "vpccidr-bench"))
    folder = Path(kept).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < 2 * largest * _BYTES_A_RECORD + 2 * 10**9:
        raise SystemExit(f"{folder} has too little room for {largest:,} records")
    rows = []
    for row in measure_all(folder, records, largest, times):
        print(f"{row.what}: {row.figure} ({row.ratio or '-'})", flush=True)
        rows.append(row)
    table = render(rows)
    print(f"\n{table}")
    if document := os.environ.get("BENCH_WRITE"):
        write_between_marks(Path(document), f"BENCH_RECORDS={records}, BENCH_TIMES={times}\n\n{table}")


def measure_all(folder: Path, records: int, largest: int, times: int) -> Iterator[Row]:
    """Every row, the cheap ones first."""
    few = Shape(records, 2, "v2")
    logs = write_logs(folder, few)
    yield from starting.measure(logs, folder / "state", times)
    yield from answering.measure(write_logs(folder, Shape(_SMALL, 2, "v2")))
    yield from expansions.measure(folder, times)
    yield from membership.measure(records, times)
    yield from membership_on_trino.measure(records, times)
    for shape in (few, Shape(records, 2, "v5"), Shape(records, 144, "v2")):
        yield from scans.measure_text(folder, shape, times)
    yield from scans.measure_millions(folder, Shape(records, 2, "v5"), times)
    yield from scans.measure_known_days(folder, few)
    yield from scans.measure_parquet(folder, few, times)
    yield from rivals.measure(logs, folder / "state", times)
    yield from paid_bytes.measure(logs, write_logs(folder, Shape(records, 2, "parquet")))
    sizes = sorted({records // 10, records, largest})
    yield from scans.measure_growth(folder, [Shape(size, 2, "v5") for size in sizes])
    if largest > records:  # where what every process takes weighs least
        yield from scans.measure_text(folder, Shape(largest, 2, "v5"), 1)


if __name__ == "__main__":
    main()
