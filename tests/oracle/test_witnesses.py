"""The witnesses of a scan's coverage against the oracle's, which counts them record by record.

VPCCIDR_WITNESS_SETS=500 counts those of that many log sets.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import astuple
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.adapters.duckdb_reports import DuckDBReports
from tests.oracle import oracle
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions
from tests.oracle.test_views import build_question, open_engine, run

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

SETS = int(os.environ.get("VPCCIDR_WITNESS_SETS", "16"))
FIRST = int(os.environ.get("VPCCIDR_ORACLE_FIRST", "0"))
CHUNK = 4
LIMIT = 10_000

Counts = dict[tuple["date", str, str, str], tuple[int, int, int]]


@pytest.mark.parametrize("start", range(FIRST, FIRST + SETS, CHUNK))
def test_witnesses_agree_with_oracle(start: int, tmp_path: Path) -> None:
    """Whether a record is in the scan or counted beside it, whatever is filtered, and on every day that is read."""
    seen = sum(check_logset(seed, tmp_path / str(seed)) for seed in range(start, start + CHUNK))
    assert seen, "log sets without a witness compare nothing"


def check_logset(seed: int, folder: Path) -> int:
    """Ask everything about one log set; returns how many witnesses there were."""
    logset, seen = build_logset(seed), 0
    with open_engine(logset, folder) as engine:
        for question in random_questions(Random(seed + 1), logset):  # noqa: S311  repeatable, not secret
            expected = oracle.count_witnesses(logset.records, question)
            assert read_counts(run(engine, build_question(question), LIMIT)) == expected, question.words()
            seen += sum(witnesses for _, witnesses, _ in expected.values())
    return seen


def read_counts(file: Path) -> Counts:
    """All records, the witnesses and the accepted ones of each row of coverage."""
    with closing(DuckDBReports().load(file, LIMIT)) as result:
        rows = [astuple(row) for row in result.read_coverage()[0]]
    return {row[:4]: row[4:] for row in rows}
