"""What changed between two windows, from the log files to what is said of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.address import Address
from bot.domain.changes import Change, Comparison, Extent
from bot.domain.cidr import parse_block
from bot.domain.question import Compared, Question, Side
from bot.domain.verdict import Code
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import ViewAnswer
from bot.domain.window import build_previous
from bot.errors import RequestError
from bot.render.changes import name_change, render_doubts
from bot.render.csv_file import write_view
from bot.services.statements import build_scan
from bot.services.views import build_view, list_view_rows
from tests.adapters.logs import DAY, ask, line, name_file, place_plain, put, put_lines, question, window
from tests.services.test_views import scan

DAYS = [DAY + timedelta(days=n) for n in range(4)]
PEER = "10.1.0.123"
STAYS, GOES, COMES = "10.0.0.151", "10.0.0.152", "10.0.7.9"
OTHER_ACCOUNT = "210987654321"
COVERAGE_ROWS = 2


def compare(asked: Question) -> Question:
    return replace(asked, compared=Compared(build_previous(asked.window, 366)))


ALONE = replace(question(days=2), window=window(DAYS[2], 2))
ASKED = compare(ALONE)


def put_day(root: Path, day: date, *lines: str, account: str = "") -> None:
    more = {"account": account} if account else {}
    put_lines(root, *lines, place=place_plain(day, **more), name=f"{name_file(day, **more)}.log.gz")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two days and two more: one host goes, one comes, one sends ten times as much, and one less."""
    root = tmp_path / "logs"
    for day in DAYS[:2]:
        put_day(
            root,
            day,
            line(srcaddr=STAYS, dstaddr=PEER, bytes=100),
            line(srcaddr=GOES, dstaddr=PEER, bytes=50),
            line(srcaddr=STAYS, dstaddr=PEER, dstport=22, bytes=40),
        )
    for day in DAYS[2:]:
        put_day(
            root,
            day,
            line(srcaddr=STAYS, dstaddr=PEER, bytes=1000),
            line(srcaddr=COMES, dstaddr=PEER, bytes=20),
            line(srcaddr=STAYS, dstaddr=PEER, dstport=22, bytes=10),
        )
    return root


def look(tmp_path: Path, logs: Path, asked: Question = ASKED, limit: int = 1000, **view: Any) -> ViewAnswer:
    with scan(tmp_path, logs, asked, limit) as result:
        return build_view(asked, result, View(**{"kind": ViewKind.CHANGES} | view))


def look_at_changes(tmp_path: Path, logs: Path, asked: Question = ASKED, **more: Any) -> Comparison:
    comparison = look(tmp_path, logs, asked, **more).comparison
    assert comparison is not None
    return comparison


def list_changes(comparison: Comparison) -> list[tuple[str, str, int, int]]:
    return [
        (name_change(comparison, row.change), row.client, row.previous.bytes, row.now.bytes)
        for listed in comparison.lists
        for row in listed.rows
    ]


def test_what_came_went_and_grew(tmp_path: Path, logs: Path) -> None:
    """What is there in both windows and no more than before has not changed."""
    comparison = look_at_changes(tmp_path, logs)
    assert list_changes(comparison) == [
        ("New", COMES, 0, 40),
        ("Gone", GOES, 100, 0),
        ("Grown", STAYS, 200, 2000),
    ]
    assert render_doubts(comparison) == []


def test_answer_is_that_of_the_asked_window(tmp_path: Path, logs: Path) -> None:
    """An answer that counts twenty days where ten were asked about is wrong."""
    compared = ask(tmp_path, logs, ASKED)
    alone = ask(tmp_path, logs, ALONE)
    assert replace(compared, comparison=None, question=ALONE, statement="", cost=alone.cost, elapsed_s=0) == (
        replace(alone, statement="", elapsed_s=0)
    )
    assert compared.cost.scanned_bytes > alone.cost.scanned_bytes


def test_other_views_are_of_the_asked_window(tmp_path: Path, logs: Path) -> None:
    """Who is gone is no host of these days, and what is new since a day began in them."""
    hosts = look(tmp_path, logs, kind=ViewKind.HOSTS_OTHER)
    assert [row.address for row in hosts.rows] == [STAYS, COMES]  # type: ignore[union-attr]
    days = look(tmp_path, logs, kind=ViewKind.DAYS)
    assert [row.day for row in days.rows] == DAYS[2:]  # type: ignore[union-attr]
    assert look(tmp_path, logs, kind=ViewKind.TALKERS, new_days=1).sums.conversations == 0


def test_changes_are_narrowed_in_both_windows(tmp_path: Path, logs: Path) -> None:
    assert list_changes(look_at_changes(tmp_path, logs, host=Address(GOES))) == [("Gone", GOES, 100, 0)]
    assert list_changes(look_at_changes(tmp_path, logs, service_port=22)) == []


def test_lists_are_cut_and_counted_whole(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    put_day(root, DAYS[0], line(srcaddr=STAYS, dstaddr=PEER))
    put_day(root, DAYS[1], *(line(dstaddr=PEER, dstport=port, bytes=10) for port in range(1, 31)))
    asked = compare(replace(ALONE, window=window(DAYS[1])))
    answer = look(tmp_path, root, asked)
    assert answer.comparison is not None
    new = answer.comparison.lists[0]
    assert (new.conversations, new.now.bytes, len(new.rows)) == (30, 300, 10)
    with scan(tmp_path, root, asked) as result:
        assert len(list_view_rows(asked, result, answer.view)) == 31


def test_scan_that_compared_nothing_has_no_changes(tmp_path: Path, logs: Path) -> None:
    with pytest.raises(RequestError, match="ask again with compare=previous"):
        look(tmp_path, logs, ALONE)


# What must not be claimed


def test_nothing_is_new_where_the_logs_began_in_the_window_before(tmp_path: Path, logs: Path) -> None:
    for file in logs.rglob(f"*{DAYS[0]:%Y/%m/%d}/*"):
        file.unlink()
    comparison = look_at_changes(tmp_path, logs)
    assert [change[0] for change in list_changes(comparison)] == ["Perhaps new", "Gone", "Perhaps grown"]
    assert render_doubts(comparison) == [
        "What is new or grown is not sure, for logs of the window before are missing: "
        f"no logs of 1 of 2 days ({DAYS[0]})."
    ]


def test_nothing_is_new_of_an_account_that_began_to_deliver(tmp_path: Path, logs: Path) -> None:
    """Each window by itself seems complete, and the answer of the asked one is as it was."""
    for day in DAYS[2:]:
        put_day(logs, day, line(srcaddr="10.9.9.9", dstaddr=PEER), account=OTHER_ACCOUNT)
    comparison = look_at_changes(tmp_path, logs)
    assert comparison.unsure == {Change.NEW, Change.GROWN}
    assert f"none of account {OTHER_ACCOUNT}" in render_doubts(comparison)[0]
    assert look(tmp_path, logs).coverage.is_full


def test_nothing_is_gone_of_an_account_that_ceased_to_deliver(tmp_path: Path, logs: Path) -> None:
    for day in DAYS[:2]:
        put_day(logs, day, line(srcaddr="10.9.9.9", dstaddr=PEER), account=OTHER_ACCOUNT)
    assert look_at_changes(tmp_path, logs).unsure == {Change.GONE}


def test_what_a_flow_log_that_stopped_would_have_told_is_not_gone(tmp_path: Path) -> None:
    """The other VPC's flow log of the same account goes on, so that no day is missing."""
    root = tmp_path / "logs"
    for day in DAYS[:2]:
        put_day(root, day, line(srcaddr=STAYS, dstaddr=PEER))
    for day in DAYS[2:]:
        put_day(root, day, line(srcaddr="10.9.0.1", dstaddr="203.0.113.7"))
    home = Side((parse_block("10.0.0.0/16").block,))
    comparison = look_at_changes(tmp_path, root, replace(ASKED, home=home))
    assert (comparison.unsure, comparison.previous_doubt) == ({Change.GONE}, "")
    assert comparison.doubt.startswith(
        "No record of these days names any address of 10.0.0.0/16 or 10.1.0.0/24"
    )


def test_file_of_the_window_before_is_missed_there_alone(tmp_path: Path) -> None:
    """A file that cannot be read makes new things unsure, and the asked window no less certain."""
    root = tmp_path / "logs"
    for day in DAYS:
        put_day(root, day, line(srcaddr="10.9.9.9", dstaddr="10.9.9.8"))
    put(root, b"no gzip", place=place_plain(DAYS[0]), name=f"{name_file(DAYS[0], unique='bad')}.log.gz")
    answer = ask(tmp_path, root, ASKED)
    assert answer.comparison is not None
    assert (answer.verdict.code, answer.coverage.problems) == (Code.UNUSED, ())
    assert answer.comparison.unsure == {Change.NEW, Change.GROWN}


def test_gone_so_far(tmp_path: Path, logs: Path) -> None:
    still_open = replace(ASKED, compared=replace(ASKED.compared, is_asked_over=False))  # type: ignore[type-var]
    comparison = look_at_changes(tmp_path, logs, still_open)
    assert [change[0] for change in list_changes(comparison)] == ["New", "Gone so far", "Grown"]
    assert render_doubts(comparison) == ["The last day was not over yet: what seems gone may still come."]


@pytest.mark.parametrize(
    ("limit", "extent", "changes"),
    [
        (COVERAGE_ROWS + 5, Extent.NOTHING, []),
        (COVERAGE_ROWS + 6, Extent.NOTHING, []),
        (COVERAGE_ROWS + 6 + 2, Extent.LARGEST, ["Perhaps new", "Perhaps new", "Perhaps new"]),
        (COVERAGE_ROWS + 6 + 2 + 2, Extent.LARGEST, ["Perhaps new", "Perhaps new", "Grown"]),
        (COVERAGE_ROWS + 6 + 2 + 6, Extent.WHOLE, ["New", "Gone", "Grown"]),
    ],
)
def test_cut_results(tmp_path: Path, logs: Path, limit: int, extent: Extent, changes: list[str]) -> None:
    """The asked window has the room first; what has none of it is not called new."""
    with scan(tmp_path, logs, ASKED, limit) as result:
        answer = build_view(ASKED, result, View(ViewKind.CHANGES))
        assert result.truncated is (limit < COVERAGE_ROWS + 6)
    assert answer.comparison is not None
    assert answer.comparison.extent is extent
    assert [change[0] for change in list_changes(answer.comparison)] == changes
    assert bool(render_doubts(answer.comparison)) is (extent is not Extent.WHOLE)


def test_csv_says_how_sure_it_is(tmp_path: Path, logs: Path) -> None:
    for file in logs.rglob(f"*{DAYS[0]:%Y/%m/%d}/*"):
        file.unlink()
    file = io.StringIO()
    with scan(tmp_path, logs, ASKED) as result:
        write_view(file, list_view_rows(ASKED, result, View(ViewKind.CHANGES)))
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["change"], row["is_sure"], row["bytes"], row["previous_bytes"]) for row in rows] == [
        ("new", "False", "40", "0"),
        ("gone", "True", "0", "50"),
        ("grown", "False", "2000", "100"),
    ]


def test_csv_of_what_cannot_be_compared_is_refused(tmp_path: Path, logs: Path) -> None:
    """An empty file would say that nothing changed."""
    limit = COVERAGE_ROWS + 5
    with scan(tmp_path, logs, ASKED, limit) as result, pytest.raises(RequestError, match="no room"):
        list_view_rows(ASKED, result, View(ViewKind.CHANGES))


def test_statement_without_comparison_knows_no_other_window() -> None:
    assert "2026/11/14" not in build_scan(ALONE, 10)
    assert "2026/11/14" in build_scan(ASKED, 10)
