"""Days as a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.domain.message import Block
from bot.domain.question import Measure
from bot.domain.view_answer import DayRow
from bot.domain.wording import count

NO_LOGS = "no logs"
"""How the label of a bar ends that stands for days of which nothing is known."""

_MOST_BARS = 20
_DAYS_A_WEEK = 7
_TITLES = {Measure.BYTES: "Bytes", Measure.PACKETS: "Packets", Measure.FLOWS: "Flows"}


def build_day_chart(rows: Sequence[DayRow], measure: Measure) -> Block:
    """A bar for each of up to 20 days; of more days, one for so many whole weeks that 20 are enough.

    `rows` are days in order, at least one. A bar without any logs says so in its label, and one that has logs
    of fewer days than the others says of how many: it is lower for that alone.
    """
    span = choose_span(len(rows))
    parts = [rows[start : start + span] for start in range(0, len(rows), span)]
    points = [
        {"label": _name(part, span), "value": sum(_measure(row, measure) for row in part)} for part in parts
    ]
    name = _TITLES[measure]
    weeks = span // _DAYS_A_WEEK
    each = "day" if span == 1 else "week" if weeks == 1 else count(weeks, "week")
    return {
        "type": "data_visualization",
        "title": f"{name} per {each}",
        "chart": {
            "type": "bar",
            "series": [{"name": name, "data": points}],
            "axis_config": {
                "categories": [point["label"] for point in points],
                "x_label": "Day (UTC)" if span == 1 else f"First of {count(span, 'day')} (UTC), or of fewer",
                "y_label": name,
            },
        },
    }


def choose_span(days: int) -> int:
    """How many days one bar stands for."""
    if days <= _MOST_BARS:
        return 1
    return _DAYS_A_WEEK * math.ceil(days / _MOST_BARS / _DAYS_A_WEEK)


def _name(part: Sequence[DayRow], span: int) -> str:
    first, logged = f"{part[0].day}", sum(row.is_logged for row in part)
    if not logged:
        return f"{first} {NO_LOGS}"
    return first if logged == span else f"{first}, {count(logged, 'day')}"


def _measure(row: DayRow, measure: Measure) -> int:
    sums = row.sums
    return {Measure.BYTES: sums.bytes, Measure.PACKETS: sums.packets, Measure.FLOWS: sums.flows}[measure]
