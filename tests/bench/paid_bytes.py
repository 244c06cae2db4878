"""What Athena would charge for: the bytes our statement must read over those the published one reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyarrow import parquet

from bot.domain.flowlog import SCANNED
from tests.bench.table import Row


def measure(text: Path, parquet_logs: Path) -> Iterator[Row]:
    """A row for each layout; every scenario reads the same columns of the same days."""
    size = sum(path.stat().st_size for path in text.rglob("*.log.gz"))
    yield Row(
        "Athena's bytes, text, ten days", _mb(size), f"the published SELECT *: {_mb(size)}", "1.00", "<= 1"
    )
    files = [parquet.read_metadata(path) for path in parquet_logs.rglob("*.parquet")]
    needed = sum(_sum_columns(file, set(SCANNED)) for file in files)
    whole = sum(_sum_columns(file, None) for file in files)
    yield Row(
        "Athena's bytes, Parquet, ten days, any scenario", _mb(needed), f"the published SELECT *: {_mb(whole)}",
        f"{needed / whole:.2f}", "< 1",
    )  # fmt: skip
    yield Row(
        "Athena's bytes, a look at an answer again",
        "0 MB",
        f"the published SELECT *: {_mb(whole)}",
        "0.00",
        "0",
    )


def _sum_columns(file: parquet.FileMetaData, names: set[str] | None) -> int:
    groups = [file.row_group(number) for number in range(file.num_row_groups)]
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    chosen = [one for one in columns if names is None or one.path_in_schema.replace("-", "_") in names]
    return sum(one.total_compressed_size for one in chosen)


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
