"""The chart of a view over time: what is not known is no drop."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from bot.domain.question import Measure
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import (
    DayRow,
    Sums,
)
from bot.render.csv_file import write_view
from bot.render.day_chart import build_day_chart
from bot.render.views import build_view_message
from tests.render.view_values import FIRST_DAY, NOW, RUN, build_answer, build_sums


def build_days(number: int, *silent: int) -> list[DayRow]:
    return [
        DayRow(
            FIRST_DAY + timedelta(days=n), build_sums(1, 10) if n not in silent else Sums(), n not in silent
        )
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("days", "bars", "title"),
    [
        (1, 1, "Bytes per day"),
        (20, 20, "Bytes per day"),
        (21, 3, "Bytes per week"),
        (140, 20, "Bytes per week"),
        (141, 11, "Bytes per 2 weeks"),
        (366, 18, "Bytes per 3 weeks"),
        (3660, 20, "Bytes per 27 weeks"),
    ],
)
def test_bars(days: int, bars: int, title: str) -> None:
    """Never more than Slack draws, and nothing lost between them."""
    chart = build_day_chart(build_days(days), Measure.BYTES)
    points = chart["chart"]["series"][0]["data"]
    assert (len(points), chart["title"]) == (bars, title)
    assert sum(point["value"] for point in points) == 10 * days


def test_a_day_without_logs_is_no_quiet_day() -> None:
    rows = build_days(3, 1)
    chart = build_day_chart(rows, Measure.BYTES)
    assert chart["chart"]["axis_config"]["categories"] == ["2025-11-20", "2025-11-21 no logs", "2025-11-22"]
    message = build_view_message(build_answer(View(ViewKind.DAYS), 3, rows=rows), RUN, NOW)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    assert [cell["text"] for cell in table["rows"][2]] == ["2025-11-21", "no logs", "-", "-", "-", "-"]
    file = io.StringIO()
    write_view(file, rows)
    assert file.getvalue().splitlines()[2] == "2025-11-21,False,,,,,,"


def test_a_bar_of_fewer_days_is_no_drop() -> None:
    """The first week lacks the logs of two days, and the last has only begun."""
    chart = build_day_chart(build_days(23, 3, 4, *range(7, 14)), Measure.BYTES)["chart"]
    assert chart["axis_config"]["categories"] == [
        "2025-11-20, 5 days",
        "2025-11-27 no logs",
        "2025-12-04",
        "2025-12-11, 2 days",
    ]


def test_a_day_that_is_not_over_is_no_drop() -> None:
    """An hour after midnight the last bar is low, whatever goes on."""
    for day, is_said in ((NOW.date(), True), (NOW.date() - timedelta(days=1), False)):
        answer = build_answer(View(ViewKind.DAYS), 1, rows=[DayRow(day, build_sums(1))])
        said = str(build_view_message(answer, RUN, NOW).blocks)
        assert (f"{day} was not over when it was scanned" in said) == is_said


@pytest.mark.parametrize("measure", Measure)
def test_the_chart_shows_what_ranks(measure: Measure) -> None:
    days = [DayRow(FIRST_DAY, Sums(1, flows=2, packets=3, bytes=4, first_seen=NOW, last_seen=NOW))]
    (point,) = build_day_chart(days, measure)["chart"]["series"][0]["data"]
    assert point["value"] == {Measure.FLOWS: 2, Measure.PACKETS: 3, Measure.BYTES: 4}[measure]


# The menu
