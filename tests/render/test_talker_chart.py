"""The chart shows what the table says, and tells what it leaves out."""

from dataclasses import replace

import pytest

from bot.domain.question import Measure
from bot.render.talker_chart import build_talker_chart
from tests.render.test_messages import LONG_ADDRESS, build_answer


def test_bars_are_the_rows_of_the_table_by_what_was_asked_for() -> None:
    answer = build_answer(3)
    rows = [replace(answer.talkers[0], server=f"10.1.0.{n}", packets=n) for n in (9, 8, 7)]
    question = replace(answer.question, measure=Measure.PACKETS)
    (chart,) = build_talker_chart(replace(answer, talkers=rows, question=question))
    assert chart["title"] == "Packets of the 3 talkers"
    assert chart["chart"]["series"][0]["data"] == [
        {"label": "1 10.1.0.9", "value": 9},
        {"label": "2 10.1.0.8", "value": 8},
        {"label": "3 10.1.0.7", "value": 7},
    ]


def test_what_is_left_out_is_told() -> None:
    (chart,) = build_talker_chart(build_answer(100_000))
    assert chart["title"] == "Bytes: the 5 largest of 100,000"


def test_long_addresses_keep_their_ends_and_are_told_apart() -> None:
    (chart,) = build_talker_chart(build_answer(10, address=LONG_ADDRESS))
    labels = chart["chart"]["axis_config"]["categories"]
    assert (labels[0], labels[4]) == ("1 …" + LONG_ADDRESS[-17:], "5 …" + LONG_ADDRESS[-17:])
    assert len(set(labels)) == 5


@pytest.mark.parametrize("talkers", [0, 1])
def test_nothing_to_compare_makes_no_chart(talkers: int) -> None:
    assert build_talker_chart(build_answer(talkers)) == []
