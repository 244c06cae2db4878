"""Views of a finished scan, from the log files to what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.address import Address
from bot.domain.coverage import Problem
from bot.domain.question import Action, Filters, Question
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import Choices, ViewAnswer
from bot.errors import RequestError
from bot.render.views import render_sums
from bot.services.ports import Progress, Result, Scan, State
from bot.services.statements import build_scan
from bot.services.views import build_view, list_view_rows
from tests.adapters.logs import (
    DAY,
    block,
    build_engine,
    finish,
    line,
    name_file,
    place_plain,
    put_lines,
    question,
)

DAYS = [DAY + timedelta(days=n) for n in range(4)]
QUESTION = question(days=4)
OLD, NEW, PEER = "10.0.0.151", "10.0.7.9", "10.1.0.123"


def put_day(root: Path, day: date, *lines: str) -> None:
    put_lines(root, *lines, place=place_plain(day), name=f"{name_file(day)}.log.gz")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Four days, the second without any logs: an old host each day, a new one on the last, port 22 refused."""
    root = tmp_path / "logs"
    old = line(srcaddr=OLD, dstaddr=PEER, bytes=100)
    refused = line(srcaddr=OLD, dstaddr=PEER, dstport=22, action="REJECT", bytes=40)
    put_day(root, DAYS[0], old, refused)
    put_day(root, DAYS[2], old)
    accepted = line(srcaddr=OLD, dstaddr=PEER, dstport=22, bytes=50)
    put_day(root, DAYS[3], old, accepted, line(srcaddr=NEW, dstaddr=PEER, bytes=10))
    return root


@contextmanager
def scan(state: Path, logs: Path, asked: Question = QUESTION, limit: int = 1000) -> Iterator[Result]:
    with closing(build_engine(state, logs)) as engine:
        engine.start("run", Scan(build_scan(asked, limit + 1), asked))
        assert finish(engine, "run") == Progress(State.SUCCEEDED)
        path = engine.fetch("run").result
    with closing(DuckDBReports().load(path, limit)) as result:
        yield result


def look(
    tmp_path: Path, logs: Path, asked: Question = QUESTION, limit: int = 1000, **view: Any
) -> ViewAnswer:
    with scan(tmp_path, logs, asked, limit) as result:
        return build_view(asked, result, View(**view))


def test_new_is_what_no_earlier_day_has(tmp_path: Path, logs: Path) -> None:
    """A host that came, and a port that was refused before and is accepted now."""
    rows = look(tmp_path, logs, new_days=1).rows
    assert [(row.client, row.service_port, row.action) for row in rows] == [  # type: ignore[union-attr]
        (OLD, 22, "ACCEPT"),
        (NEW, 443, "ACCEPT"),
    ]


def test_new_over_two_days(tmp_path: Path, logs: Path) -> None:
    """Nothing began on the day before the last."""
    assert look(tmp_path, logs, new_days=2).sums == look(tmp_path, logs, new_days=1).sums


def test_nothing_is_new_in_one_day(tmp_path: Path, logs: Path) -> None:
    with pytest.raises(RequestError, match="no earlier day"):
        look(tmp_path, logs, question(days=1), new_days=1)


def test_days_without_logs_are_told_from_quiet_ones(tmp_path: Path, logs: Path) -> None:
    rows = look(tmp_path, logs, kind=ViewKind.DAYS, host=Address(NEW)).rows
    found = [(row.day, row.is_logged, row.sums.bytes) for row in rows]  # type: ignore[union-attr]
    assert found == [(DAYS[0], True, 0), (DAYS[1], False, 0), (DAYS[2], True, 0), (DAYS[3], True, 10)]


def test_csv_has_the_days_too(tmp_path: Path, logs: Path) -> None:
    with scan(tmp_path, logs) as result:
        view = View(ViewKind.DAYS)
        assert list(list_view_rows(QUESTION, result, view)) == list(build_view(QUESTION, result, view).rows)


def test_csv_holds_more_than_the_top(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    put_day(root, DAY, *(line(dstport=port) for port in range(1, 31)))
    with scan(tmp_path, root, question()) as result:
        assert len(build_view(question(), result, View(ViewKind.PORTS)).rows) == 10
        assert len(list_view_rows(question(), result, View(ViewKind.PORTS))) == 30


def test_choices(tmp_path: Path, logs: Path) -> None:
    """What the view can be narrowed to; the port that it has is no reason to offer no other."""
    choices = look(tmp_path, logs, service_port=22, action=Action.ACCEPT).choices
    assert [row.service_port for row in choices.ports] == [443, 22]
    assert [row.address for row in choices.asked_hosts] == [PEER]
    assert [row.address for row in choices.other_hosts] == [OLD]
    assert choices.pairs == ((Address(OLD), Address(PEER)),)


def test_what_the_scan_left_out_is_not_called_silent(tmp_path: Path, logs: Path) -> None:
    asked = replace(QUESTION, filters=Filters(action=Action.ACCEPT))
    answer = look(tmp_path, logs, asked, action=Action.REJECT)
    assert (answer.conflict, answer.rows) == ("REJECT traffic", [])
    assert render_sums(answer) == "The scan had left REJECT traffic out, so it cannot tell: ask anew."


def test_truncation_is_never_none(tmp_path: Path, logs: Path) -> None:
    """The small host is there, though not in the result."""
    answer = look(tmp_path, logs, limit=3 + 3, host=Address(NEW))
    assert (answer.truncated, answer.known, answer.totals.conversations) == (True, 1, 4)
    assert "ask anew" in render_sums(answer)


def test_truncated_away(tmp_path: Path, logs: Path) -> None:
    """A result that holds no conversation at all knows that there are some."""
    for kind in (kind for kind in ViewKind if kind not in {ViewKind.PAIR, ViewKind.CHANGES}):
        answer = look(tmp_path, logs, limit=3, kind=kind)
        assert (answer.truncated, answer.known, answer.choices) == (True, 0, Choices())
        assert "the scan found 4: ask anew" in render_sums(answer)


def test_problems_lower_coverage(tmp_path: Path, logs: Path) -> None:
    with scan(tmp_path, logs) as result:
        answer = build_view(QUESTION, result, View(), (Problem("a.gz", "it is cut"),))
    assert [problem.file for problem in answer.coverage.problems] == ["a.gz"]


@pytest.mark.parametrize(
    ("asked", "kind", "expected"),
    [
        ("10.1.0.123", ViewKind.HOSTS_ASKED, [PEER]),
        ("10.1.0.64/26", ViewKind.HOSTS_ASKED, [PEER]),
        ("10.0.0.0/12", ViewKind.HOSTS_ASKED, [PEER, OLD, NEW]),
        ("10.0.0.0/12", ViewKind.HOSTS_OTHER, []),
        ("10.0.0.0/21", ViewKind.HOSTS_OTHER, [PEER]),
    ],
)
def test_sides(asked: str, kind: ViewKind, expected: list[str], tmp_path: Path, logs: Path) -> None:
    """A host is on the asked side where it lies in one of its blocks, of whatever size."""
    answer = look(tmp_path, logs, question(asked, days=4), kind=kind)
    assert [row.address for row in answer.rows] == expected  # type: ignore[union-attr]


def test_subnet_holds_both_sides(tmp_path: Path, logs: Path) -> None:
    of_new = look(tmp_path, logs, subnet=block("10.0.7.0/24"))
    of_peer = look(tmp_path, logs, subnet=block("10.1.0.0/24"))
    assert (of_new.sums.conversations, of_peer.sums.conversations) == (1, 4)
