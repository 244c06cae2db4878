"""The published statement of the peering question, on DuckDB over the same files, its rows written as CSV."""

import gzip
import sys
import tempfile
from pathlib import Path

import duckdb

from bot.domain.cidr import expand, parse_block


def main(logs: str, block: str) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        listed = Path(folder, "block.csv")
        listed.write_bytes(b"".join(expand(parse_block(block).block)))
        columns = "{'cidr': 'VARCHAR', 'ip': 'VARCHAR'}"
        connection.execute(
            f"CREATE TABLE cidrtable AS FROM read_csv('{listed}', header = false, columns = {columns})"
        )
        inside = f"(SELECT ip FROM cidrtable WHERE cidr = '{block}')"
        connection.execute(
            f"COPY (SELECT * FROM {name_source(logs)} WHERE dstaddr IN {inside} OR srcaddr IN {inside}) "
            f"TO '{folder}/rows.csv' (FORMAT csv, HEADER)"
        )


def name_source(logs: str) -> str:
    """The log files as a relation; a text's numbers stay text where they may be dashes."""
    if any(Path(logs).rglob("*.parquet")):
        return f"read_parquet('{logs}/**/*.parquet')"
    with gzip.open(next(Path(logs).rglob("*.log.gz")), "rt", encoding="utf-8") as first:
        names = first.readline().replace("-", "_").split()
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return f"read_csv('{logs}/**/*.log.gz', delim = ' ', header = true, quote = '', columns = {{{columns}}})"


if __name__ == "__main__":
    main(*sys.argv[1:])
