"""The five published statements, run as they were published, against the oracle and the product.

The claim holds for what the sample assumes: a table with VPC-A's flow log alone, and every address listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import duckdb
import pytest

from bot.domain.binder import bind
from bot.domain.cidr import parse_block
from bot.services.statements import load_text
from tests.oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

VPC_A = "10.0.0.0/16"
STATEMENTS = re.findall(
    r"^-- \d: (\w+) (\S+)\n(.*?)(?=^-- |\Z)",
    (Path(__file__).parent / "published.sql").read_text(),
    flags=re.MULTILINE | re.DOTALL,
)
IN_A = ["10.0.0.0", "10.0.0.151", "10.0.0.175", "10.0.255.255"]
OUTSIDE_A = [
    *("10.1.0.0", "10.1.0.123", "10.1.255.255", "10.2.0.0", "10.2.0.146", "10.2.255.255", "10.3.0.0"),
    *("9.255.255.255", "203.0.113.7", "2001:db8::7"),
]
TABLES = """
CREATE SCHEMA vpcflowlogscidrdb;
CREATE TABLE vpcflowlogscidrdb.vpcflowlogstable (
    version INTEGER, account_id VARCHAR, interface_id VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR,
    srcport INTEGER, dstport INTEGER, protocol INTEGER, packets BIGINT, bytes BIGINT,
    start BIGINT, "end" BIGINT, action VARCHAR, log_status VARCHAR, day VARCHAR);
CREATE TABLE vpcflowlogscidrdb.cidrtable AS
    SELECT format('10.{}.0.0/16', block) AS cidr, format('10.{}.{}.{}', block, n // 256, n % 256) AS ip
    FROM range(3) AS blocks(block), range(65536) AS addresses(n);
-- Athena's TO_DATE, whose mm is the month; DuckDB has no function of that name
CREATE MACRO TO_DATE(text, form) AS strptime(text, '%Y/%m/%d')::DATE;
"""


@dataclass(frozen=True)
class Row:
    """One record of VPC-A's flow log; start is different in each row and so names it."""

    start: int
    srcaddr: str
    dstaddr: str
    day: date


def product_rows(con: duckdb.DuckDBPyConnection, scenario: str, blocks: list[str]) -> set[int]:
    """The `start` of each row of all days that the product's own condition text selects."""
    asked = tuple(parse_block(block).block for block in blocks)
    condition = bind(load_text(f"scenarios/{scenario}.sql"), {"asked": asked, "home": ()})
    con.execute("SET search_path = 'vpcflowlogscidrdb'")
    rows = con.execute(f"SELECT start FROM vpcflowlogstable WHERE {condition}").fetchall()  # noqa: S608
    return {start for (start,) in rows}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database with the published tables, in one transaction so that its today stands still."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(TABLES)
        connection.execute("BEGIN TRANSACTION")
        yield connection


def fill_table(con: duckdb.DuckDBPyConnection, seed: int) -> tuple[list[Row], date]:
    """Fill the table with random OK rows, each with an end in VPC-A, on days in and around the window."""
    rng = Random(seed)  # noqa: S311  repeatable, not secret
    (today,) = con.execute("SELECT CURRENT_DATE").fetchone() or ()
    rows = []
    for start in range(rng.randint(20, 200)):
        ends = [rng.choice(IN_A), rng.choice(IN_A if rng.random() < 0.25 else OUTSIDE_A)]
        rng.shuffle(ends)
        rows.append(Row(start, *ends, today - timedelta(days=rng.choice([-1, 0, 1, 5, 8, 9, 10, 11]))))
    con.execute("DELETE FROM vpcflowlogscidrdb.vpcflowlogstable")
    con.executemany(
        "INSERT INTO vpcflowlogscidrdb.vpcflowlogstable"
        " VALUES (2, '123456789012', 'eni-1', ?, ?, 40000, 443, 6, 1, 60, ?, ?, 'ACCEPT', 'OK', ?)",
        [[row.srcaddr, row.dstaddr, row.start, row.start, f"{row.day:%Y/%m/%d}"] for row in rows],
    )
    return rows, today


def select_published(con: duckdb.DuckDBPyConnection, statement: str) -> list[int]:
    """Run a published statement; gives the `start` of every row it selects, repeated rows too."""
    result = con.execute(statement)
    column = [name for name, *_ in result.description or ()].index("start")
    return sorted(row[column] for row in result.fetchall())


def select_oracle(rows: list[Row], scenario: str, block: str) -> list[int]:
    """Give the `start` of every row that the oracle matches, whatever its day."""
    return [row.start for row in rows if oracle.matches(scenario, [[block]], row.srcaddr, row.dstaddr)]


def in_window(rows: list[Row], starts: list[int] | set[int], today: date) -> list[int]:
    """Keep the rows of the statements' window: Athena's today and the nine days before it, and later."""
    days = {row.start: row.day for row in rows}
    return sorted(start for start in starts if days[start] > today - timedelta(days=10))


def test_all_five_statements_are_read() -> None:
    """A pattern that finds nothing would let the comparisons below pass for nothing."""
    asked = [(scenario, block) for scenario, block, _ in STATEMENTS]
    assert asked == [
        ("external", VPC_A),
        ("peering", "10.1.0.0/16"),
        ("inadvertent", "10.2.0.0/16"),
        ("internal", VPC_A),
        ("incoming", "10.1.0.0/16"),
    ]


@pytest.mark.parametrize(("scenario", "block", "statement"), STATEMENTS)
def test_oracle_selects_what_the_published_statement_selects(
    con: duckdb.DuckDBPyConnection, scenario: str, block: str, statement: str
) -> None:
    """One block means what was published: people who move from the sample must find their rows again."""
    for seed in range(25):
        rows, today = fill_table(con, seed)
        published = select_published(con, statement)
        assert published, f"seed {seed} selects nothing and so proves nothing"
        assert published == in_window(rows, select_oracle(rows, scenario, block), today), f"seed {seed}"


@pytest.mark.parametrize(("scenario", "block", "statement"), STATEMENTS)
def test_product_selects_what_the_published_statement_selects(
    con: duckdb.DuckDBPyConnection, scenario: str, block: str, statement: str
) -> None:
    """The same claim for the text that the product really sends to the engine."""
    for seed in range(25):
        rows, today = fill_table(con, seed)
        published = select_published(con, statement)
        assert published == in_window(rows, product_rows(con, scenario, [block]), today), f"seed {seed}"
