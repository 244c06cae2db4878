"""Both ways of summing up give the same result, row for row, wherever it is cut.

VPCCIDR_SUMMARY_SETS=200 compares them on that many log sets.
"""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.domain.question import Compared
from bot.domain.window import build_previous
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions
from tests.oracle.test_views import build_question, open_engine, run

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.question import Question

SETS = int(os.environ.get("VPCCIDR_SUMMARY_SETS", "12"))
FIRST = int(os.environ.get("VPCCIDR_ORACLE_FIRST", "0"))
QUESTIONS_A_SET = 5
WHOLE = 10_000
LARGEST_DAYS = 366


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SETS))
def test_parts_sum_up_to_what_one_pass_does(seed: int, tmp_path: Path) -> None:
    """Athena sums up in one pass and the embedded engine part by part: nobody must see which."""
    logset, rng = build_logset(seed), Random(seed + 3)  # noqa: S311  repeatable, not secret
    questions = rng.sample(random_questions(Random(seed + 1), logset), QUESTIONS_A_SET)  # noqa: S311
    with open_engine(logset, tmp_path) as engine:
        for question in map(build_question, questions):
            for asked in (question, compare(question)):
                rows = check(engine, asked, WHOLE)
                check(engine, asked, rng.randint(1, max(rows, 1)))


def compare(question: Question) -> Question:
    """The same, compared with the window before."""
    return replace(question, compared=Compared(build_previous(question.window, LARGEST_DAYS)))


def check(engine: DuckDBEngine, asked: Question, limit: int) -> int:
    """How many rows there are."""
    in_one_pass, in_parts = (
        parquet.read_table(run(engine, asked, limit, computes_once=way)).to_pylist() for way in (False, True)
    )
    assert in_parts == in_one_pass
    return len(in_one_pass)
