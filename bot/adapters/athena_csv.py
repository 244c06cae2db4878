"""Results as Athena writes them: every value in quotes, NULL as nothing at all, an empty text as `""`."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from bot.services.result_columns import type_of

_LONGEST_LINE_BYTES = 16 * 2**20


def open_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    """A result as a relation; its header names the columns, and our own declaration types them."""
    columns = {name: type_of(name).in_queries for name in _read_header(path)}
    # Guessed types would read a column of ports that holds only NULLs as text.
    return connection.read_csv(
        str(path),
        header=True,
        columns=columns,
        auto_detect=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
        na_values=[""],
        allow_quoted_nulls=False,
        max_line_size=_LONGEST_LINE_BYTES,
    )


def _read_header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), [])
