"""The least that DuckDB can be asked over the same files: how many records and how many bytes."""

import sys

import duckdb

from tests.bench.published_scan import name_source


def main(logs: str) -> None:
    sums = "COUNT(*), SUM(TRY_CAST(bytes AS BIGINT))"
    print(duckdb.sql(f"SELECT {sums} FROM {name_source(logs)}").fetchall())


if __name__ == "__main__":
    main(*sys.argv[1:])
