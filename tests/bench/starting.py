"""How long a question in a terminal takes before its engine starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.measuring import run_in_turn, script
from tests.bench.table import Row


def measure(logs: Path, data_dir: Path, times: int) -> Iterator[Row]:
    """One row: the process's start, until the engine is told to scan."""
    (taken,) = run_in_turn([script("until_scan", logs, data_dir)], times)
    yield Row("vpccidr ask: before the engine starts", f"{taken.seconds:.2f} s", target="< 0.5 s")
