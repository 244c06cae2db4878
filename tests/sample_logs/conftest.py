"""Reading log files back in plain Python, by their header and nothing of the generator's own."""

import datetime as dt
import gzip
import pathlib
from collections.abc import Callable

import pytest

from bot.sample_logs import write_sample_logs

Row = dict[str, str]
Reader = Callable[[pathlib.Path], list[Row]]

SATURDAY = dt.date(2026, 11, 14)


def _read_rows(folder: pathlib.Path) -> list[Row]:
    rows: list[Row] = []
    for path in sorted(folder.rglob("*.log.gz")):
        header, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        rows += [dict(zip(header.split(), line.split(), strict=True)) for line in lines]
    return rows


@pytest.fixture(scope="session")
def read_rows() -> Reader:
    """Return the reader of all text files under a folder."""
    return _read_rows


@pytest.fixture(scope="session")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Return every row of the fourteen days that the demo shows."""
    folder = tmp_path_factory.mktemp("fortnight")
    write_sample_logs(folder, SATURDAY)
    return _read_rows(folder)
