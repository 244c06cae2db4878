"""The five published statements, word for word, on Trino beside ours: the same records.

The claim holds for what the sample assumes: a table with VPC-A's flow log alone, and every address listed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.services.ports import Scan
from bot.services.statements import build_raw, build_scan
from tests.oracle.logset import LogSet, Record, Side, Source
from tests.oracle.test_published_sql import IN_A, OUTSIDE_A, STATEMENTS, Row, in_window, select_oracle
from tests.trino.case import build_case
from tests.trino.client import query
from tests.trino.engines import read_rows
from tests.trino.logfiles import Kind

if TYPE_CHECKING:
    from tests.trino.case import Case
    from tests.trino.server import TrinoServer

SCHEMA = "vpcflowlogscidrdb"  # the published statements name it
SOURCE = Source("123456789012", "us-east-1", hive=False, hourly=False, interfaces=("eni-1",))
BLOCKS = ("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16")
ALL = 10_000


@pytest.fixture(scope="module")
def today(server: TrinoServer) -> date:
    """The day that the statements' CURRENT_DATE is."""
    ((text,),) = query(server, "", "SELECT CURRENT_DATE").rows
    return date.fromisoformat(text)


@pytest.fixture(scope="module")
def rows(today: date) -> list[Row]:
    """VPC-A's flow log, on days in and before the statements' window."""
    rng = Random(1)  # noqa: S311  repeatable, not secret
    rows = []
    for start in range(500):
        ends = [rng.choice(IN_A), rng.choice(IN_A if rng.random() < 0.25 else OUTSIDE_A)]
        rng.shuffle(ends)
        rows.append(Row(start, *ends, today - timedelta(days=rng.choice([0, 1, 5, 8, 9, 10, 11]))))
    return rows


@pytest.fixture(scope="module")
def case(server: TrinoServer, today: date, rows: list[Row]) -> Case:
    """The published database, under its published name."""
    now = datetime.combine(today, time(12), UTC)
    sides = (Side(BLOCKS[0], BLOCKS[:1]), Side(BLOCKS[1], BLOCKS[1:2]))
    records = tuple(build_record(row) for row in rows)
    logset = LogSet(0, now, (), (SOURCE,), *sides, (), records, ())
    case = build_case(server, SCHEMA, logset, Kind("v2-default", hive=False))
    for block in BLOCKS:
        case.parse(["internal", block], now)
    return case


def build_record(row: Row) -> Record:
    """An accepted record of one interface; its start names it."""
    where = (row.day, SOURCE.account, SOURCE.region, SOURCE.interfaces[0])
    return Record(*where, row.srcaddr, row.dstaddr, 40_000, 443, 6, 1, 60, row.start, row.start, "ACCEPT")


@pytest.mark.parametrize(("scenario", "block", "statement"), STATEMENTS)
def test_published_statement_and_ours_select_the_same(
    case: Case, today: date, rows: list[Row], scenario: str, block: str, statement: str
) -> None:
    """People who move from the sample on AWS must find their rows again, no more and no fewer."""
    answer = query(case.server, "", statement)
    column = [name for name, _ in answer.columns].index("start")
    published = sorted(row[column] for row in answer.rows)
    assert published == in_window(rows, select_oracle(rows, scenario, block), today)
    assert published, "a statement that selects nothing proves nothing"
    question = case.parse([scenario, block, "days=10"], datetime.combine(today, time(12), UTC))
    for outcome in case.scan(Scan(build_raw(question, ALL), question, is_raw=True)):
        assert sorted(row["start"] for row in read_rows(outcome)) == published
    for outcome in case.scan(Scan(build_scan(question, ALL, case.fields), question)):
        assert read_rows(outcome)[0]["total_flows"] == len(published)
