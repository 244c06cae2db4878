"""Who depends on whom: the picture says what was summed up, and what it leaves out."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.cidr import parse_block
from bot.domain.coverage import Coverage
from bot.domain.networks import Network
from bot.domain.question import Action, Filters, Side
from bot.domain.traffic import Link, Traffic
from bot.domain.window import Window, build_window_of_days
from bot.render.drawing import Arrowhead, Box, Drawing, Stroke, Words, draw
from bot.render.network_picture import Caption, describe_left_out, lay_out_networks
from bot.render.pictures import draw_networks, write_caption
from tests.render.test_messages import build_answer

CAPTION = Caption("Who depends on whom", "10 days", ("The result was cut.",))
LONG_NAME = "a" * 31 + "b" * 32
POSTGRESQL, HTTPS = (5432, 6), (443, 6)


def link(client: str = "a", server: str = "b", **more: object) -> Link:
    whole = Link(Network(client, "10.0.0.0/16"), Network(server, "10.1.0.0/16"), True, 1_530_000_000)
    return replace(whole, **{"services": (POSTGRESQL,), "service_count": 1, **more})  # type: ignore[arg-type]


def lay_out(*links: Link, caption: Caption = CAPTION) -> Drawing:
    return lay_out_networks(Traffic(links), caption)


def words(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Words)]


def is_dashed(drawing: Drawing) -> list[bool]:
    """Of every line between two boxes."""
    strokes = [shape for shape in drawing.shapes if isinstance(shape, Stroke)]
    return [stroke.is_dashed for stroke in strokes if stroke.points[0][1] < drawing.height - 100]


def test_words_of_one_pair() -> None:
    drawing = lay_out(link(rejected_flows=3))
    assert words(drawing) == [
        "Who depends on whom",
        "10 days",
        "Clients",
        "ask",
        "Servers",
        "1.53 GB, 3 flows rejected",
        "5432/TCP postgresql",
        "a",
        "10.0.0.0/16",
        "b",
        "10.1.0.0/16",
        "accepted, thicker for more bytes",
        "only rejected",
        "The result was cut.",
    ]
    assert drawing.alt == (
        "Who depends on whom, 10 days. The result was cut. "
        "a (10.0.0.0/16) to b (10.1.0.0/16): 1.53 GB, 3 flows rejected; 5432/TCP postgresql."
    )


def test_only_rejected_is_dashed_and_says_so() -> None:
    """Colours alone do not tell everybody."""
    drawing = lay_out(link(), link("c", is_accepted=False, accepted_bytes=0, rejected_flows=12))
    assert is_dashed(drawing) == [False, False, True, True]
    assert "only rejected: 12 flows" in words(drawing)


def test_what_may_have_been_accepted_is_not_called_only_rejected() -> None:
    """Where accepted traffic was not asked about, or did not fit the result."""
    caption = replace(CAPTION, has_accepted=False)
    drawing = lay_out(link("c", is_accepted=False, accepted_bytes=0, rejected_flows=12), caption=caption)
    assert "rejected: 12 flows" in words(drawing)
    assert "only rejected" not in " ".join([*words(drawing), drawing.alt])
    assert describe_left_out(Traffic((link(),), 9, 7, 0), caption)[0].endswith("7 of them rejected.")


def test_more_bytes_make_a_thicker_line() -> None:
    drawing = lay_out(link(), link("c", accepted_bytes=1_000_000))
    widths = [shape.width for shape in drawing.shapes if isinstance(shape, Stroke)]
    assert widths[0] == widths[1] > widths[2] == widths[3] >= 2


def test_services_that_find_no_room_are_counted() -> None:
    many = link(services=((5432, 6), (9200, 6)), service_count=9)
    assert "5432/TCP postgresql and 8 more" in words(lay_out(many))
    assert "443/TCP https, 22/TCP ssh" in words(lay_out(link(services=(HTTPS, (22, 6)), service_count=2)))


def test_what_is_left_out_is_told() -> None:
    assert describe_left_out(Traffic((link(),)), CAPTION) == []
    assert describe_left_out(Traffic((link(),), 1, 0, 5), CAPTION) == [
        "Left out: 1 more pair of networks, 5 B accepted."
    ]
    assert describe_left_out(Traffic((link(),), 20_000, 7, 5_000, has_more=True), CAPTION) == [
        "Left out: more than 20,000 more pairs of networks, 5.00 kB accepted, 7 of them only rejected."
    ]


def list_pairs(number: int) -> list[Link]:
    names = product("abcd", "wxyz")
    return [link(client, server, accepted_bytes=n) for n, (client, server) in enumerate(names)][:number]


@given(st.permutations(list_pairs(16)), st.integers(1, 8))
def test_boxes_never_lie_upon_each_other_and_each_line_ends_at_its_own(
    pairs: list[Link], number: int
) -> None:
    drawing = lay_out(*pairs[:number])
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box)]
    for index, one in enumerate(boxes):
        for two in boxes[index + 1 :]:
            apart_x = one.bottom_right[0] <= two.top_left[0] or two.bottom_right[0] <= one.top_left[0]
            apart_y = one.bottom_right[1] < two.top_left[1] or two.bottom_right[1] < one.top_left[1]
            assert apart_x or apart_y
    tips = [shape.tip for shape in drawing.shapes if isinstance(shape, Arrowhead)]
    assert len(set(tips)) == number
    servers = sorted(box.top_left for box in boxes if box.top_left[0] == tips[0][0])
    assert len(servers) == len({pair.server for pair in pairs[:number]})
    assert all(box.bottom_right[1] < drawing.height for box in boxes)


def test_an_arrow_meets_the_box_of_its_server() -> None:
    pairs = [link("a", "x"), link("a", "y"), link("b", "x")]
    drawing = lay_out(*pairs)
    tips = [shape.tip for shape in drawing.shapes if isinstance(shape, Arrowhead)]
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.top_left[0] == tips[0][0]]
    met = [
        next(n for n, box in enumerate(boxes) if box.top_left[1] < tip[1] < box.bottom_right[1])
        for tip in tips
    ]
    assert met[0] == met[2] != met[1]


def test_longest_names_keep_their_ends() -> None:
    drawn = words(lay_out(link(LONG_NAME, "2001:db8:1234:5678::/64")))
    name = next(text for text in drawn if text.startswith("aaa"))
    assert name.endswith("bbb")
    assert "2001:db8:1234:5678::/64" in drawn


@settings(max_examples=25)
@given(st.text(max_size=70), st.text(max_size=70))
def test_no_text_breaks_the_picture(one: str, two: str) -> None:
    drawing = lay_out(Link(Network(one, two), Network(two, one), True), caption=Caption(one, two, (one, two)))
    assert draw(drawing).startswith(b"\x89PNG")
    assert drawing.alt.isprintable()


def test_picture_of_an_answer_is_a_png_that_is_not_blank() -> None:
    answer = build_answer(3)
    picture = draw_networks(answer, Traffic((link(),)))
    assert picture == draw_networks(answer, Traffic((link(),)))
    assert picture.name.startswith("networks_peering_10_1_0_0_16_")
    assert picture.name.endswith(".png")
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    assert image.width == 1_760
    assert len(image.getcolors(2**24) or ()) > 10


def test_caption_tells_what_keeps_the_picture_from_being_the_whole_truth() -> None:
    answer = build_answer(3)
    filters = Filters(ports=(443,), action=Action.REJECT)
    side = Side((parse_block("10.1.0.0/16").block,))
    question = replace(answer.question, asked=side, home=None, filters=filters)
    days = answer.question.window.days
    coverage = Coverage(days, days, strange=2)
    caption = write_caption(replace(answer, question=question, coverage=coverage, truncated=True))
    assert caption.title == "Who depends on whom: traffic with 10.1.0.0/16 on port 443"
    assert caption.about == f"{days[0]} to {days[-1]} (UTC), as far as flow logs tell"
    assert not caption.has_accepted
    assert caption.warnings == (
        "Only traffic with action REJECT was asked about.",
        "The result was cut: only the largest conversations are in this picture.",
        "The logs are not complete: 2 records without a valid log-status.",
    )


@pytest.mark.parametrize("number", [1, 8])
def test_picture_is_as_high_as_its_rows_need(number: int) -> None:
    assert 0 <= lay_out(*list_pairs(number)).height - 66 * number <= 200


def test_caption_names_the_times_that_were_asked_about() -> None:
    answer = build_answer(3)
    since = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    for window, span in (
        (Window(since, since + timedelta(hours=2), by_time=True), "2026-11-20 08:30 to 2026-11-20 10:30"),
        (build_window_of_days(1, since, 10), "2026-11-20"),
    ):
        caption = write_caption(replace(answer, question=replace(answer.question, window=window)))
        assert caption.about == f"{span} (UTC), as far as flow logs tell"


def test_longest_title_leaves_room_for_the_warnings() -> None:
    """Both sides of a question may be hundreds of blocks."""
    title = "10.0.0.0/16 + " * 5_000
    drawing = lay_out(link(), caption=replace(CAPTION, title=title))
    assert "The result was cut." in drawing.alt
    assert "1.53 GB" in drawing.alt
    assert len(words(drawing)[0]) < 200
