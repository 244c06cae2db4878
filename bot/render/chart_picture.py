"""A chart block as a picture, for a workspace that does not show such blocks."""

from __future__ import annotations

from bot.domain.message import Block
from bot.domain.wording import write_bytes
from bot.render.day_chart import NO_LOGS
from bot.render.drawing import (
    ACCEPTED,
    INK,
    PALE,
    QUIET,
    Box,
    Drawing,
    Shape,
    Words,
    fit,
    measure,
    write_alt,
)

_WIDTH, _PAD, _SPACE = 760.0, 20.0, 12.0
_TITLE, _TEXT = 21.0, 16.0
_ROW, _BAR = 30.0, 20.0
_TOP = _PAD + 58
_LONGEST_LABEL = 300.0
_THINNEST = 1.5


def lay_out_chart(block: Block) -> Drawing:
    """The bars of a chart block's first series, one below the other, each with its label and its number."""
    bars = _read_bars(block)
    labels = [fit(label, _TEXT, _LONGEST_LABEL) for label, _ in bars]
    values = [_write(block, *bar) for bar in bars]
    left = _PAD + _find_width(labels) + _SPACE
    longest = _WIDTH - _PAD - _find_width(values) - _SPACE - left
    largest = max(value for _, value in bars) or 1
    shapes: list[Shape] = [
        Words((_PAD, _PAD + _TITLE / 2), fit(block["title"], _TITLE, _WIDTH - 2 * _PAD), _TITLE),
        Words((_PAD, _PAD + _TITLE + 16), _read_axis(block), _TEXT - 1, QUIET),
    ]
    for row, ((_, value), label, text) in enumerate(zip(bars, labels, values, strict=True)):
        y = _TOP + _ROW * (row + 0.5)
        end = left + longest * value / largest
        shapes += [
            Words((_PAD, y), label, _TEXT),
            Box((left, y - _BAR / 2), (left + longest, y + _BAR / 2), PALE, corner=3),
            *_draw_bar(left, end, y),
            Words((_WIDTH - _PAD, y), text, _TEXT, INK, "rm"),
        ]
    return Drawing(_WIDTH, _TOP + _ROW * len(bars) + _PAD, tuple(shapes), _describe(block))


def _draw_bar(left: float, end: float, y: float) -> list[Shape]:
    """A bar that is seen however small it is; nothing where it stands for nothing."""
    if end <= left:
        return []
    right = max(end, left + _THINNEST)
    return [Box((left, y - _BAR / 2), (right, y + _BAR / 2), ACCEPTED, corner=min(3.0, (right - left) / 2))]


def _describe(block: Block) -> str:
    bars = [": ".join(filter(None, (bar[0], _write(block, *bar)))) + "." for bar in _read_bars(block)]
    return write_alt(f"Bar chart. {block['title']}. {_read_axis(block)}:", bars)


def _read_bars(block: Block) -> list[tuple[str, int]]:
    return [(str(point["label"]), point["value"]) for point in block["chart"]["series"][0]["data"]]


def _read_axis(block: Block) -> str:
    return str(block["chart"]["axis_config"]["x_label"])


def _write(block: Block, label: str, value: int) -> str:
    """A bar's number; of days without logs there is none, not even 0."""
    if label.endswith(NO_LOGS):
        return ""
    return write_bytes(value) if block["chart"]["axis_config"]["y_label"] == "Bytes" else f"{value:,}"


def _find_width(texts: list[str]) -> float:
    return max(measure(text, _TEXT) for text in texts)
