"""What a scan reads on Trino, which on AWS is what it costs: the window's partitions, and each of them once."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.services.ports import Scan
from bot.services.statements import build_raw, build_scan
from tests.oracle.logfiles import _new_path
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions
from tests.trino.case import build_case
from tests.trino.client import QueryError, query
from tests.trino.engines import read_rows
from tests.trino.logfiles import KINDS, place_source

if TYPE_CHECKING:
    from datetime import date

    from tests.oracle.logset import LogSet
    from tests.trino.case import Case
    from tests.trino.logfiles import Kind
    from tests.trino.server import TrinoServer

SEED = 0


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_partitions_outside_the_window_are_not_read(server: TrinoServer, kind: Kind) -> None:
    """Days that nobody asked about must cost nothing; a file that stops every query which reads it proves it."""
    logset = build_logset(SEED)
    case = build_case(server, f"outside_{KINDS.index(kind)}", logset, kind)
    asked = logset.days[3]
    for day in (asked - timedelta(1), asked + timedelta(1)):
        break_day(case, logset, kind, day)
    trino, duckdb = case.scan(build_day_scan(case, logset, asked, asked))
    rows = read_rows(trino)
    assert rows == read_rows(duckdb)
    assert {row["day"] for row in rows} == {f"{asked:%Y/%m/%d}"}
    for day in (asked - timedelta(1), asked + timedelta(1)):
        with pytest.raises(QueryError):
            query(server, case.schema, build_day_scan(case, logset, *sorted([asked, day])).statement)


def break_day(case: Case, logset: LogSet, kind: Kind, day: date) -> None:
    """Put a file that no engine can read beside the day's own."""
    suffix = "log.parquet" if kind.form == "parquet" else "log.gz"
    rng = Random(SEED)  # noqa: S311  repeatable, not secret
    source = place_source(logset.sources[0], kind)
    _new_path(rng, case.logs, source, day, suffix).write_bytes(b"neither gzip nor Parquet\n" * 9)


def build_day_scan(case: Case, logset: LogSet, first: date, last: date) -> Scan:
    """A scan of whole days."""
    words = ["internal", logset.home.blocks[0], f"from={first}", f"to={last}"]
    question = case.parse(words, logset.now)
    return Scan(build_scan(question, 1_000, case.fields), question)


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
def test_logs_are_read_once(server: TrinoServer, kind: Kind) -> None:
    """Trino writes a WITH out wherever it is named: a text that names the logs twice is paid for twice."""
    logset = build_logset(SEED)
    case = build_case(server, f"once_{KINDS.index(kind)}", logset, kind)
    case.register(logset.home)
    case.register(logset.other)
    for asked in random_questions(Random(SEED), logset):  # noqa: S311  repeatable, not secret
        question = case.parse(asked.words(), asked.now)
        compared = case.parse([*asked.words(), "compare=previous"], asked.now)
        statements = (
            build_scan(question, 1_000, case.fields),
            build_scan(compared, 1_000, case.fields),
            build_raw(question, 1_000),
        )
        for statement in statements:
            ((plan,),) = query(server, case.schema, f"EXPLAIN (TYPE LOGICAL) {statement}").rows
            scans = re.findall(rf"Scan\w*\[table = \S+:{case.table.name}\b", plan)
            assert len(scans) == 1, plan
