"""A chart that comes as a picture says what the block says."""

import io
from datetime import date, timedelta

from PIL import Image

from bot.domain.message import Block
from bot.domain.question import Measure
from bot.domain.view_answer import DayRow, Sums
from bot.render.chart_picture import lay_out_chart
from bot.render.day_chart import build_day_chart
from bot.render.drawing import ACCEPTED, Box, Words, draw
from bot.render.talker_chart import build_talker_chart
from tests.render.test_messages import LONG_ADDRESS, build_answer

FIRST = date(2026, 11, 17)


def build_days(*sizes: int | None, measure: Measure = Measure.BYTES) -> Block:
    """Days with so many bytes and flows; None is a day without logs."""
    rows = [
        DayRow(FIRST + timedelta(days=n), Sums(bytes=size or 0, flows=size or 0), size is not None)
        for n, size in enumerate(sizes)
    ]
    return build_day_chart(rows, measure)


def words(block: Block) -> list[str]:
    return [shape.text for shape in lay_out_chart(block).shapes if isinstance(shape, Words)]


def bar_widths(block: Block) -> list[float]:
    boxes = [shape for shape in lay_out_chart(block).shapes if isinstance(shape, Box)]
    return [box.bottom_right[0] - box.top_left[0] for box in boxes if box.fill == ACCEPTED]


def test_words_of_a_chart_are_those_of_its_block() -> None:
    assert words(build_days(2_000, 1_530_000_000)) == [
        "Bytes per day",
        "Day (UTC)",
        "2026-11-17",
        "2.00 kB",
        "2026-11-18",
        "1.53 GB",
    ]
    assert words(build_days(12_345, measure=Measure.FLOWS))[-1] == "12,345"


def test_bars_are_as_long_as_what_they_stand_for_and_the_smallest_is_seen() -> None:
    half, whole, tiny = bar_widths(build_days(500, 1_000, 0, 1))
    assert half == whole / 2
    assert tiny > 1
    assert bar_widths(build_days(0, 0)) == []


def test_a_day_without_logs_has_no_number() -> None:
    """0 would be a claim."""
    assert words(build_days(1, None))[-2:] == ["2026-11-18 no logs", ""]
    assert lay_out_chart(build_days(0, None)).alt == (
        "Bar chart. Bytes per day. Day (UTC): 2026-11-17: 0 B. 2026-11-18 no logs."
    )


def test_talkers_are_drawn_in_the_order_of_the_table() -> None:
    (chart,) = build_talker_chart(build_answer(10, address=LONG_ADDRESS))
    drawing = lay_out_chart(chart)
    assert "1 …" + LONG_ADDRESS[-17:] in words(chart)
    picture = Image.open(io.BytesIO(draw(drawing))).convert("RGB")
    assert picture.size == (round(drawing.width) * 2, round(drawing.height) * 2)
    assert len(picture.getcolors(2**20) or ()) > 10
