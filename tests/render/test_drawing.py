"""A drawing is the same everywhere, whatever text it is given."""

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.render.drawing import (
    ACCEPTED,
    CARD,
    Arrowhead,
    Box,
    Drawing,
    Shape,
    Stroke,
    Words,
    draw,
    fit,
    measure,
    to_glyphs,
    wrap,
    write_alt,
)

LONGEST_ALT = 1_000


def open_picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def draw_one(*shapes: Shape) -> Image.Image:
    return open_picture(draw(Drawing(100, 50, shapes, "")))


def test_a_picture_is_opaque_and_twice_as_large_as_its_points() -> None:
    """Slack's page below it may be light or dark."""
    png = draw(Drawing(100, 50, (), ""))
    assert (Image.open(io.BytesIO(png)).mode, Image.open(io.BytesIO(png)).size) == ("RGB", (200, 100))
    assert draw_one().getpixel((100, 50)) == (255, 255, 255)


def test_equal_drawings_give_equal_bytes() -> None:
    drawing = Drawing(90, 40, (Words((5, 20), "10.1.0.0/16", 15), Box((40, 5), (80, 30), ACCEPTED)), "")
    assert draw(drawing) == draw(drawing)


def test_a_dashed_line_has_pauses_and_another_has_none() -> None:
    ends = ((5.0, 25.0), (95.0, 25.0))
    for is_dashed in (False, True):
        picture = draw_one(Stroke(ends, 4, ACCEPTED, is_dashed))
        colors = {picture.getpixel((x, 50)) for x in range(20, 180)}
        assert ((255, 255, 255) in colors) is is_dashed


def test_an_arrowhead_ends_at_its_tip() -> None:
    picture = draw_one(Arrowhead((60, 25), 20, ACCEPTED))
    assert picture.getpixel((116, 50)) != (255, 255, 255)
    assert picture.getpixel((122, 50)) == (255, 255, 255)


def test_what_the_font_lacks_is_replaced() -> None:
    assert to_glyphs("müller…\u4e2d\u202e\nx\x00") == "muller…? x"
    assert CARD == "#ffffff"


@given(st.text())
def test_any_text_can_be_drawn(text: str) -> None:
    assert draw(Drawing(60, 20, (Words((2, 10), fit(text, 12, 50), 12),), write_alt(text, [text])))


@given(st.text(max_size=80), st.floats(10, 300))
def test_a_fitted_text_is_never_wider_than_its_room(text: str, width: float) -> None:
    fitted = fit(text, 15, width)
    assert fitted == text or measure(fitted, 15) <= width or fitted == "…"


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    fitted = fit("a" * 30 + "b" * 33, 15, 120)
    assert fitted.startswith("aaa")
    assert fitted.endswith("bbb")
    assert "…" in fitted


@given(st.text(max_size=1_200), st.lists(st.text(min_size=1, max_size=400), max_size=20))
def test_an_alt_text_is_never_too_long_and_on_one_line(head: str, details: list[str]) -> None:
    alt = write_alt(head, details)
    assert len(alt) <= LONGEST_ALT
    assert alt.isprintable()


def test_an_alt_text_says_how_much_it_leaves_out() -> None:
    assert write_alt("Head.", ["One.", "Two."]) == "Head. One. Two."
    alt = write_alt("Head.", ["x" * 600, "y" * 300, "z" * 100])
    assert alt == f"Head. {'x' * 600} {'y' * 300} And 1 more."


@given(st.text(), st.floats(20, 400), st.integers(1, 4))
def test_a_wrapped_text_stays_within_its_lines(text: str, width: float, most: int) -> None:
    lines = wrap(text, 15, width, most)
    assert len(lines) <= most
    assert all(measure(line, 15) <= width or line == "…" for line in lines)


def test_a_text_is_broken_between_words_and_nothing_is_lost() -> None:
    text = "no logs of 16 of 30 days (2026-10-29 to 2026-11-13)"
    lines = wrap(text, 15, 200, 3)
    assert len(lines) > 1
    assert " ".join(lines) == text
