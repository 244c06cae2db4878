"""Drawings: shapes with their places, and their PNG.

A drawing has an opaque card below it, so that it reads the same on Slack's light and dark pages. Lengths are
in points, of which the PNG has two pixels each.
"""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

_PIXELS, _FINER = 2, 2
_SCALE = _PIXELS * _FINER
_DASH, _PAUSE = 9.0, 6.0
_MARGIN, _CORNER = 1.0, 10.0
_LONGEST_ALT = 1_000
"""Characters that Slack takes of an alt text."""

CARD, EDGE, INK, QUIET = "#ffffff", "#8a9099", "#14171c", "#4b535e"
"""The card, its border, text, and text that matters less: at least 7 to 1 on the card."""

ACCEPTED, REJECTED, PALE = "#1257b0", "#a83208", "#eef2f7"

Point = tuple[float, float]


@dataclass(frozen=True)
class Words:
    """One line of text; `anchor` is Pillow's, `lm` for the middle of the left side."""

    at: Point
    text: str
    size: float
    color: str = INK
    anchor: str = "lm"


@dataclass(frozen=True)
class Box:
    """A box with round corners."""

    top_left: Point
    bottom_right: Point
    fill: str = CARD
    outline: str = ""
    corner: float = 6.0


@dataclass(frozen=True)
class Stroke:
    """A line through points; dashed it is told from others without colours."""

    points: tuple[Point, ...]
    width: float
    color: str
    is_dashed: bool = False


@dataclass(frozen=True)
class Arrowhead:
    """The head of an arrow that points to the right, with its tip at a point."""

    tip: Point
    size: float
    color: str


Shape = Words | Box | Stroke | Arrowhead


@dataclass(frozen=True)
class Drawing:
    """Shapes on a card, the first at the bottom, and the words for whoever does not see them."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    alt: str


def write_alt(head: str, details: list[str]) -> str:
    """An alt text: its head, and as many details as Slack takes, with the number of the others."""
    text = to_line(head)
    for index, detail in enumerate(details):
        rest = len(details) - index
        more = f" And {rest:,} more."
        if len(text) + 1 + len(to_line(detail)) + len(more) > _LONGEST_ALT:
            return text[: _LONGEST_ALT - len(more)] + more
        text = f"{text} {to_line(detail)}"
    return text[:_LONGEST_ALT]


def to_line(text: str) -> str:
    """Text on one line, without what is no character to be seen."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def to_glyphs(text: str) -> str:
    """Text in what the font can draw: ASCII and an ellipsis; letters without their marks, else `?`."""
    return "".join(map(_to_glyph, to_line(text)))


@lru_cache(1_000)
def _to_glyph(character: str) -> str:
    if character == "…":
        return character
    plain = unicodedata.normalize("NFKD", character)
    return "".join("?" if not " " <= one <= "~" else one for one in plain if not unicodedata.combining(one))


def measure(text: str, size: float) -> float:
    """How wide a text is drawn."""
    return float(_load_font(size).getlength(to_glyphs(text)) / _SCALE)


def fit(text: str, size: float, width: float) -> str:
    """A text as it is, or without its middle where it is too wide."""
    if measure(text, size) <= width:
        return text
    kept = bisect_right(range(len(text)), width, key=lambda kept: measure(shorten(text, kept), size)) - 1
    return shorten(text, max(kept, 0))


def wrap(text: str, size: float, width: float, most: int) -> list[str]:
    """A text in lines, broken between words; what `most` lines do not hold loses its middle."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        fitting = bisect_right(
            range(len(words) + 1), width, key=lambda taken: measure(" ".join(words[:taken]), size)
        )
        taken = max(fitting - 1, 1)
        lines.append(fit(" ".join(words[:taken]), size, width))
        words = words[taken:]
    return [*lines, fit(" ".join(words), size, width)] if words else lines


def shorten(text: str, kept: int) -> str:
    """A text of more than so many characters without its middle: names that differ often do so at the end."""
    if len(text) <= kept:
        return text
    return f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"


def draw(drawing: Drawing) -> bytes:
    """The drawing as a PNG; equal drawings give equal bytes."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - a question in a terminal draws nothing

    size = (round(drawing.width * _SCALE), round(drawing.height * _SCALE))
    image = Image.new("RGB", size, CARD)
    pen = ImageDraw.Draw(image)
    card = Box((_MARGIN, _MARGIN), (drawing.width - _MARGIN, drawing.height - _MARGIN), CARD, EDGE, _CORNER)
    for shape in (card, *drawing.shapes):
        _draw_shape(pen, shape)
    data = io.BytesIO()
    image.reduce(_FINER).save(data, "PNG")
    return data.getvalue()


def _draw_shape(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Words():
            font = _load_font(shape.size)
            pen.text(_scale(shape.at), to_glyphs(shape.text), shape.color, font, shape.anchor)
        case Box():
            ends = (_scale(shape.top_left), _scale(shape.bottom_right))
            outline = shape.outline or shape.fill
            pen.rounded_rectangle(ends, shape.corner * _SCALE, shape.fill, outline, width=_SCALE)
        case Arrowhead():
            (x, y), size = shape.tip, shape.size
            corners = [shape.tip, (x - size, y - size * 0.6), (x - size, y + size * 0.6)]
            pen.polygon([_scale(corner) for corner in corners], fill=shape.color)
        case Stroke():
            for part in _cut_into_dashes(shape.points) if shape.is_dashed else [shape.points]:
                points = [_scale(point) for point in part]
                pen.line(points, shape.color, round(shape.width * _SCALE), joint="curve")


def _cut_into_dashes(points: tuple[Point, ...]) -> list[tuple[Point, ...]]:
    """The dashes of a line, none of them around a corner."""
    dashes: list[tuple[Point, ...]] = []
    travelled = 0.0
    for one, two in pairwise(points):
        length = ((two[0] - one[0]) ** 2 + (two[1] - one[1]) ** 2) ** 0.5
        done = 0.0
        while done < length:
            phase = travelled % (_DASH + _PAUSE)
            is_dash = phase < _DASH
            step = min(length - done, (_DASH if is_dash else _DASH + _PAUSE) - phase)
            if is_dash:
                dashes.append((_walk(one, two, done / length), _walk(one, two, (done + step) / length)))
            done, travelled = done + max(step, 1e-6), travelled + max(step, 1e-6)
    return dashes


def _walk(one: Point, two: Point, part: float) -> Point:
    return one[0] + (two[0] - one[0]) * part, one[1] + (two[1] - one[1]) * part


def _scale(point: Point) -> Point:
    return round(point[0] * _SCALE), round(point[1] * _SCALE)


@lru_cache(16)
def _load_font(size: float) -> ImageFont.FreeTypeFont:
    """Pillow's own font, so that a picture is the same on every machine."""
    from PIL import ImageFont  # noqa: PLC0415 - as above

    font = ImageFont.load_default(size * _SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow has no scalable font")
    return font
