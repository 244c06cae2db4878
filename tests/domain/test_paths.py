"""The line of evidence about ways out: the words, and what is not claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.cidr import parse_block
from bot.domain.paths import name_path, write_paths
from bot.domain.question import Action, Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.view_answer import PathRow, Sums
from bot.domain.window import build_window_of_days

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SILENT = PathRow(None, None, None, Sums(3, bytes=822))


def ask(scenario: Scenario = Scenario.PEERING) -> Question:
    return Question(scenario, Side((parse_block("10.1.0.0/16").block,)), build_window_of_days(10, NOW, 400))


def build_row(number: int, conversations: int, size: int, highest: int = 0) -> PathRow:
    highest = highest or number
    peering = next((each for each in (number, highest) if each in {4, 5}), None)
    return PathRow(number, highest, peering, Sums(conversations, bytes=size))


@pytest.mark.parametrize(
    ("rows", "found", "expected"),
    [
        ([], 0, ""),
        ([SILENT], 3, ""),
        (
            [build_row(4, 7, 98 * 10**9), SILENT, build_row(8, 1002, 1_200_000)],
            1012,
            "Path: 7 conversations by VPC peering in the Region (98.0 GB), 1,002 by internet gateway (1.20 MB), "
            "3 unknown (822 B).",
        ),
        (
            [build_row(1, 1, 60), build_row(3, 2, 40)],
            3,
            "Path: 1 conversation by another resource in the VPC (60 B), 2 by virtual private gateway (40 B). "
            "No record names a VPC peering.",
        ),
        (
            [build_row(8, 1, 60), SILENT],
            4,
            "Path: 1 conversation by internet gateway (60 B), 3 unknown (822 B). "
            "No record names a VPC peering, but the unknown may go by one.",
        ),
        (
            [build_row(5, 1, 60, 8)],
            9,
            "Path of the largest 1: 1 conversation by VPC peering to another Region and by internet gateway "
            "(60 B).",
        ),
        (
            [build_row(8, 1, 60)],
            9,
            "Path of the largest 1: 1 conversation by internet gateway (60 B). No record of these names a VPC "
            "peering.",
        ),
    ],
)
def test_line(rows: list[PathRow], found: int, expected: str) -> None:
    """What is not known stands last, and is never taken for no peering."""
    assert write_paths(ask(), rows, Totals(conversations=found)) == expected


def test_only_a_question_about_a_peering_is_told_of_none() -> None:
    line = write_paths(ask(Scenario.EXTERNAL), [build_row(8, 1, 60)], Totals(conversations=1))
    assert line == "Path: 1 conversation by internet gateway (60 B)."


@pytest.mark.parametrize("filters", [Filters(action=Action.REJECT), Filters((443,)), Filters(protocols=(6,))])
def test_what_was_filtered_out_may_name_a_peering(filters: Filters) -> None:
    """The rejected alone, say, cannot tell that nothing goes by the peering."""
    question = replace(ask(), filters=filters)
    line = write_paths(question, [build_row(1, 1, 60)], Totals(conversations=1))
    assert line.endswith("No record of these names a VPC peering.")


def test_a_number_that_is_new_is_shown_as_it_is() -> None:
    """AWS adds numbers; one that has no name yet must not be taken for another."""
    assert name_path(build_row(9, 1, 1)) == "path 9"


def test_of_many_ways_no_peering_is_left_out() -> None:
    """The line stays short, and what matters most stays in it, however small."""
    rows = [build_row(number, 1, 100 - number) for number in (20, 21, 22, 23, 24, 25, 26)]
    line = write_paths(ask(), [*rows, build_row(4, 1, 1), SILENT], Totals(conversations=11))
    assert line.startswith("Path: 1 conversation by path 20 (80 B), 1 by path 21 (79 B), ")
    assert line.endswith(
        "1 by path 24 (76 B), 1 by VPC peering in the Region (1 B), 2 by other ways (149 B), 3 unknown (822 B)."
    )
