"""What changed between two windows equals what plain Python finds in the records of both.

The asked window's part of such an answer equals that of the same question without a comparison, wherever the
result is cut. VPCCIDR_VIEW_SETS=200 looks at that many log sets.
"""

from __future__ import annotations

import io
import os
from contextlib import closing
from dataclasses import astuple, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.changes import Change, Extent
from bot.domain.cost import Cost
from bot.domain.question import Compared, Measure
from bot.domain.view import TOPS, View, ViewKind
from bot.domain.window import build_previous
from bot.errors import EngineError
from bot.render.csv_file import write_rows
from bot.services.answers import build_answer
from bot.services.ports import Outcome
from bot.services.views import build_view, list_view_rows
from tests.oracle import oracle
from tests.oracle.logset import build_logset
from tests.oracle.question import Window, random_questions
from tests.oracle.test_views import (
    answer_anew,
    build_question,
    check_views,
    open_engine,
    random_views,
    rank,
    run,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain import question as product
    from bot.domain.answer import Answer
    from bot.domain.changes import ChangeList
    from bot.services.ports import Result
    from tests.oracle.logset import LogSet
    from tests.oracle.question import Question

SETS = int(os.environ.get("VPCCIDR_VIEW_SETS", "12"))
FIRST = int(os.environ.get("VPCCIDR_ORACLE_FIRST", "0"))
CHUNK = 4
QUESTIONS_A_SET = 2
MEASURES = ("flows", "packets", "bytes")
MAX_ROWS = 10_000

Talks = dict[oracle.Conversation, oracle.Tally]
Row = tuple[Any, ...]


@pytest.mark.parametrize("start", range(FIRST, FIRST + SETS, CHUNK))
def test_changes_agree_with_oracle(start: int, tmp_path: Path) -> None:
    """Windows of days and of times, whole results and truncated ones."""
    found = [check_logset(seed, tmp_path / str(seed)) for seed in range(start, start + CHUNK)]
    assert any(found), "log sets in which nothing changes compare nothing"


def check_logset(seed: int, folder: Path) -> int:
    """Compare the windows of every question; returns how many changes were seen."""
    logset, rng = build_logset(seed), Random(seed + 3)  # noqa: S311  repeatable, not secret
    questions = rng.sample(random_questions(Random(seed + 1), logset), QUESTIONS_A_SET)  # noqa: S311
    with open_engine(logset, folder) as engine:
        return sum(check_question(rng, engine, logset, question) for question in questions)


def check_question(rng: Random, engine: DuckDBEngine, logset: LogSet, question: Question) -> int:
    """Ask with and without a comparison, wholly and cut somewhere."""
    alone = build_question(question)
    asked = replace(alone, compared=Compared(build_previous(alone.window, 10_000)))
    with closing(DuckDBReports().load(run(engine, asked, MAX_ROWS), MAX_ROWS)) as result:
        check_views(rng, result, logset, question, asked)
        talks = [*sum_both(logset, question, asked, View())]
        seen = sum(
            check_changes(result, logset, question, asked, view)
            for view in random_changes(rng, logset, asked, [talk for each in talks for talk in each])
        )
    for limit in (MAX_ROWS, rng.randrange(10, 60)):
        check_equal_answers(engine, alone, asked, limit)
        check_cut(engine, logset, question, asked, limit)
    return seen


# The asked window


def check_equal_answers(
    engine: DuckDBEngine, alone: product.Question, asked: product.Question, limit: int
) -> None:
    """All but the comparison is as without it, even what cannot be answered."""
    without, compared = (read_answer(engine, question, limit) for question in (alone, asked))
    if isinstance(without, str) or isinstance(compared, str):
        assert without == compared
        return
    assert compared.comparison is not None
    assert replace(compared, question=alone, comparison=None) == without
    assert not (without.truncated and compared.comparison.lists)


def read_answer(engine: DuckDBEngine, asked: product.Question, limit: int) -> Answer | str:
    """The answer, with its CSV in the statement's place; or why there is none."""
    path, file = run(engine, asked, limit), io.StringIO()
    try:
        with closing(DuckDBReports().load(path, limit)) as result:
            answer = build_answer(
                asked, Outcome(path, Cost(0, 0.0)), result, statement="", engine="", elapsed_s=0
            )
            write_rows(file, result.read_rows())
    except EngineError as error:
        return str(error)
    return replace(answer, statement=file.getvalue())


# The changes


def check_changes(
    result: Result, logset: LogSet, question: Question, asked: product.Question, view: View
) -> int:
    """Compare one view of what changed; returns how many conversations it has."""
    now, before = sum_both(logset, question, asked, view)
    expected = find_changes(now, before, view.measure)
    answer = build_view(asked, result, view)
    assert answer.comparison is not None
    assert answer.comparison.extent is Extent.WHOLE
    assert [flatten_list(each) for each in answer.comparison.lists] == [
        (change, *sum_up(rows), rows[: view.top]) for change, rows in expected.items()
    ], view
    assert [flatten(row) for row in answer.rows] == [
        row for rows in expected.values() for row in rows[: view.top]
    ]
    assert [flatten(row) for row in list_view_rows(asked, result, view)] == [
        row for rows in expected.values() for row in rows
    ]
    return len(answer.rows)


def check_cut(
    engine: DuckDBEngine, logset: LogSet, question: Question, asked: product.Question, limit: int
) -> None:
    """Where the result ends within the window before, the largest of its conversations are compared."""
    try:
        result = DuckDBReports().load(run(engine, asked, limit), limit)
    except EngineError:
        return
    with closing(result):
        comparison = build_view(
            asked, result, View(ViewKind.CHANGES, measure=asked.measure, top=100)
        ).comparison
    assert comparison is not None
    if comparison.extent is Extent.NOTHING:
        assert not comparison.lists
        return
    now, before = sum_both(logset, question, asked, View())
    ranked = rank(before, question.by)
    counts = range(len(ranked)) if comparison.extent is Extent.LARGEST else [len(ranked)]
    possible = [
        [
            rows[:100]
            for rows in find_changes(
                now, {talk: before[talk] for talk in ranked[:count]}, asked.measure
            ).values()
        ]
        for count in counts
    ]
    assert [[flatten(row) for row in each.rows] for each in comparison.lists] in possible
    assert comparison.extent is Extent.WHOLE or Change.NEW in comparison.unsure


def sum_both(logset: LogSet, question: Question, asked: product.Question, view: View) -> tuple[Talks, Talks]:
    """The conversations of the asked window and of the one before, each asked for by itself."""
    window = question.window
    since = window.since - (window.until - window.since)
    previous = replace(question, window=Window(since, window.since, window.by_start, ()))
    return (
        oracle.sum_window(answer_anew(logset.records, question, asked, view)),
        oracle.sum_window(answer_anew(logset.records, previous, asked, view)),
    )


def find_changes(now: Talks, before: Talks, by: str) -> dict[str, list[Row]]:
    """What is in the one alone, in the other alone, and in both but more of it now; the most first."""
    measure = MEASURES.index(by)

    def growth(talk: oracle.Conversation) -> int:
        return total(now, talk)[measure] - total(before, talk)[measure]

    talks = {
        "new": now.keys() - before.keys(),
        "gone": before.keys() - now.keys(),
        "grown": {talk for talk in now.keys() & before.keys() if growth(talk) > 0},
    }
    return {
        change: [
            build_row(change, talk, now, before) for talk in sorted(found, key=lambda t: (-abs(growth(t)), t))
        ]
        for change, found in talks.items()
    }


def total(talks: Talks, talk: oracle.Conversation) -> list[int]:
    tally = talks.get(talk, oracle.Tally())
    return [tally.total(counter) for counter in range(3)]


def build_row(change: str, talk: oracle.Conversation, now: Talks, before: Talks) -> Row:
    tallies = [talks[talk] for talks in (now, before) if talk in talks]
    seen = (min(tally.first_seen for tally in tallies), max(tally.last_seen for tally in tallies))
    return (change, *astuple(talk), *total(now, talk), *total(before, talk), *seen)


def sum_up(rows: list[Row]) -> Row:
    """How many conversations, and the six counters over all of them."""
    return (len(rows), *(sum(row[column] for row in rows) for column in range(6, 12)))


def flatten(row: Any) -> Row:
    """A product's conversation that changed as plain values, as `build_row` gives them."""
    ends = (row.client, row.server, row.service_port, row.protocol, row.action)
    seen = (int(row.first_seen.timestamp()), int(row.last_seen.timestamp()))
    return (row.change.value, *ends, *astuple(row.now), *astuple(row.previous), *seen)


def flatten_list(changed: ChangeList) -> Row:
    sums = (changed.conversations, *astuple(changed.now), *astuple(changed.previous))
    return (changed.change.value, *sums, [flatten(row) for row in changed.rows])


def random_changes(
    rng: Random, logset: LogSet, asked: product.Question, talks: list[oracle.Conversation]
) -> list[View]:
    """Changes by each measure, and some of what else a view can be narrowed to."""
    plain = [View(ViewKind.CHANGES, measure=measure, top=rng.choice(TOPS)) for measure in Measure]
    narrowed = [
        replace(view, new_days=0, kind=ViewKind.CHANGES) for view in random_views(rng, logset, asked, talks)
    ]
    return [*plain, *narrowed]
