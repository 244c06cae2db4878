"""The scan on Trino against the embedded engine and the oracle: every scenario in both forms, no difference.

VPCCIDR_TRINO_SETS=500 runs that many log sets; VPCCIDR_TRINO_FIRST=137 with VPCCIDR_TRINO_SETS=1 runs the
one whose seed a failure named.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from contextlib import closing
from dataclasses import astuple, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.duckdb_reports import DuckDBReports
from bot.render.csv_file import write_rows
from bot.render.json_text import render_json
from bot.services.answers import build_answer
from bot.services.ports import Scan
from bot.services.statements import build_raw, build_scan
from tests.oracle import oracle
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions
from tests.oracle.test_oracle import pick
from tests.trino.case import build_case
from tests.trino.engines import read_rows
from tests.trino.logfiles import KINDS, silence

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.question import Question
    from bot.services.ports import Outcome
    from tests.oracle.logset import LogSet
    from tests.trino.case import Case
    from tests.trino.logfiles import Kind
    from tests.trino.server import TrinoServer

SETS = int(os.environ.get("VPCCIDR_TRINO_SETS", "60"))
FIRST = int(os.environ.get("VPCCIDR_TRINO_FIRST", "0"))
COMPARED_SETS = 12
MAX_ROWS = 10_000
BUSY = 0  # a seed whose records meet every scenario


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SETS))
def test_trino_gives_the_same_rows_and_the_oracles_answer(server: TrinoServer, seed: int) -> None:
    """What is proved on a laptop must hold on AWS: one text, two engines, and neither may bend it."""
    kind = KINDS[seed % len(KINDS)]
    logset = silence(build_logset(seed), kind)
    case = build_case(server, f"logset_{seed}", logset, kind)
    case.register(logset.home)
    case.register(logset.other)
    for asked in random_questions(Random(seed + 1), logset):  # noqa: S311  repeatable, not secret
        question = case.parse(asked.words(), asked.now)
        trino, duckdb = case.scan(Scan(build_scan(question, MAX_ROWS + 1, case.fields), question))
        said = f"{case.table}: {' '.join(asked.words())}"
        assert read_rows(trino) == read_rows(duckdb), said
        expected = {"paths": []} | oracle.answer(logset.records, asked)
        found, csv_text = render_answer(question, trino)
        assert pick(found, expected) == expected, said
        assert csv_text == oracle.csv_text(logset.records, asked), said
        assert count_witnesses(trino) == oracle.count_witnesses(logset.records, asked), said


@pytest.mark.parametrize("seed", range(FIRST, FIRST + min(SETS, COMPARED_SETS)))
def test_trino_gives_the_same_rows_of_both_windows(server: TrinoServer, seed: int) -> None:
    """Which window a record belongs to, and that the asked one stands first, is the statement's own."""
    kind = KINDS[seed % len(KINDS)]
    logset = silence(build_logset(seed), kind)
    case = build_case(server, f"compared_{seed}", logset, kind)
    case.register(logset.home)
    case.register(logset.other)
    for asked in random_questions(Random(seed + 1), logset):  # noqa: S311  repeatable, not secret
        question = case.parse([*asked.words(), "compare=previous"], asked.now)
        trino, duckdb = case.scan(Scan(build_scan(question, MAX_ROWS + 1, case.fields), question))
        rows = read_rows(trino)
        assert rows == read_rows(duckdb), f"{case.table}: {' '.join(asked.words())}"
        alone = replace(question, compared=None)
        first, _ = case.scan(Scan(build_scan(alone, MAX_ROWS + 1, case.fields), alone))
        assert rows[: len(read_rows(first))] == read_rows(first)
        expected = {"paths": []} | oracle.answer(logset.records, asked)
        found, csv_text = render_answer(question, trino)
        assert pick(found, expected) == expected
        assert csv_text == oracle.csv_text(logset.records, asked)


def count_witnesses(outcome: Outcome) -> dict[tuple[date, str, str, str], tuple[int, int, int]]:
    """All records, the witnesses and the accepted ones of each row of coverage."""
    with closing(DuckDBReports().load(outcome.result, MAX_ROWS)) as result:
        rows = [astuple(row) for row in result.read_coverage()[0]]
    return {row[:4]: row[4:] for row in rows}


def render_answer(question: Question, outcome: Outcome) -> tuple[dict[str, Any], str]:
    """The answer that the product makes of a scan's result, as its JSON and its CSV."""
    file = io.StringIO()
    with closing(DuckDBReports().load(outcome.result, MAX_ROWS)) as result:
        answer = build_answer(question, outcome, result, statement="", engine="", elapsed_s=0)
        write_rows(file, result.read_rows())
    return {"paths": []} | json.loads(render_json(answer)), file.getvalue()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_trino_gives_the_same_raw_records(server: TrinoServer, kind: Kind) -> None:
    """The records themselves are an answer too; a dash in text is Athena's NULL only in a number."""
    logset = build_logset(BUSY)
    case = build_case(server, f"raw_{KINDS.index(kind)}", logset, kind)
    case.register(logset.home)
    case.register(logset.other)
    given = 0
    for asked in random_questions(Random(1), logset):  # noqa: S311  repeatable, not secret
        question = case.parse(asked.words(), asked.now)
        trino, duckdb = case.scan(Scan(build_raw(question, MAX_ROWS), question, is_raw=True))
        assert count_records(trino, case) == count_records(duckdb, case), asked.words()
        given += len(read_rows(trino))
    assert given, "nothing was compared"


def count_records(outcome: Outcome, case: Case) -> Counter[Any]:
    """The records in the columns of the table, in any order: ties of it are the engine's own."""
    names = [*case.table.columns, "aws_account_id", "aws_region", "day", "service_port"]
    return Counter(
        tuple(None if row[name] == "-" else row[name] for name in names) for row in read_rows(outcome)
    )


def test_every_kind_of_table_is_among_the_sets() -> None:
    """Text and Parquet, plain and Hive: a table that no set is delivered to proves nothing."""
    logsets: list[LogSet] = [build_logset(seed) for seed in range(len(KINDS))]
    assert len({(kind.form, kind.hive) for kind in KINDS}) == len(logsets) == 6
