"""A view's text in a button: short, exact, and refused where it was not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.address import Address, is_address, parse_address
from bot.domain.cidr import Block, parse_block
from bot.domain.question import Action, Filters, Measure, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.view import (
    TOPS,
    View,
    ViewKind,
    ViewRequest,
    choose_new_days,
    encode_view,
    find_conflict,
    find_new_since,
    parse_view,
    start_view,
)
from bot.domain.window import Window, build_window_of_days
from bot.errors import RequestError

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
RUN = "7gq2m4x9kd"
LONGEST = Address("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
A, B = Address("10.0.0.5"), Address("10.1.0.9")

ADDRESSES = st.builds(Address, st.ip_addresses().map(str))
SUBNETS = st.integers(0, 2**24 - 1).map(lambda number: Block(number << 8, 24))
PLACES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({}, optional={"host": ADDRESSES, "subnet": SUBNETS}),
    st.fixed_dictionaries({"pair": st.tuples(ADDRESSES, ADDRESSES)}),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view that there can be."""
    place = draw(PLACES)
    kind = draw(st.sampled_from([kind for kind in ViewKind if kind is not ViewKind.PAIR or "pair" in place]))
    return View(
        kind=kind,
        action=draw(st.none() | st.sampled_from(Action)),
        service_port=draw(st.none() | st.integers(0, 65_535)),
        protocol=draw(st.none() | st.integers(0, 255)),
        new_days=draw(st.integers(0, 999)) if kind is not ViewKind.CHANGES else 0,
        top=draw(st.sampled_from(TOPS)),
        measure=draw(st.sampled_from(Measure)),
        **place,
    )


@given(st.from_regex(r"[a-z0-9]{4,32}", fullmatch=True), views())
def test_what_is_written_is_read_again(run_id: str, view: View) -> None:
    """And fits the value of a menu's option, which takes 150 characters."""
    text = encode_view(run_id, view)
    assert parse_view(text) == ViewRequest(run_id, view)
    assert len(text) <= 150


def test_the_longest_fits_a_menu() -> None:
    longest = View(ViewKind.PAIR, Action.ACCEPT, 65_535, 255, pair=(LONGEST, LONGEST), new_days=999, top=100)
    assert len(encode_view("z" * 32, longest)) == 149


def test_text_is_stable() -> None:
    """Buttons stay in channels for years: what once was written must keep its meaning."""
    full = View(
        kind=ViewKind.HOSTS_OTHER,
        action=Action.REJECT,
        service_port=443,
        protocol=6,
        host=A,
        subnet=parse_block("10.1.3.0/24").block,
        new_days=2,
        top=25,
        measure=Measure.FLOWS,
    )
    assert encode_view(RUN, full) == "1;7gq2m4x9kd;Orf2;p443;o6;n2;h10.0.0.5;s10.1.3.0"
    assert encode_view(RUN, View()) == "1;7gq2m4x9kd;T-b1"
    assert encode_view(RUN, View(ViewKind.PAIR, pair=(A, B))) == "1;7gq2m4x9kd;X-b1;x10.0.0.5,10.1.0.9"
    assert [encode_view(RUN, View(kind))[13] for kind in ViewKind if kind is not ViewKind.PAIR] == [
        *"TPHOSDCWA"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "2;7gq2m4x9kd;T-b1",
        "1;7gq;T-b1",
        "1;7GQ2M4X9KD;T-b1",
        f"1;{'a' * 33};T-b1",
        "1;7gq2m4x9kd;Z-b1",
        "1;7gq2m4x9kd;T-b4",
        "1;7gq2m4x9kd;T-b1;",
        "1;7gq2m4x9kd;T-b1\n",
        "1;7gq2m4x9kd;T-b1;p65536",
        "1;7gq2m4x9kd;T-b1;p0443",
        "1;7gq2m4x9kd;T-b1;p٣",
        "1;7gq2m4x9kd;T-b1;o256",
        "1;7gq2m4x9kd;T-b1;n0",
        "1;7gq2m4x9kd;T-b1;h10.0.0.256",
        "1;7gq2m4x9kd;T-b1;h' OR 1=1 --",
        "1;7gq2m4x9kd;T-b1;hfe80::1%a'b",
        "1;7gq2m4x9kd;T-b1;s10.0.0.1",
        "1;7gq2m4x9kd;T-b1;s10.0.0.0/8",
        "1;7gq2m4x9kd;T-b1;o6;p443",
        "1;7gq2m4x9kd;X-b1",
        "1;7gq2m4x9kd;C-b1;n2",
        "1;7gq2m4x9kd;X-b1;x10.0.0.5",
        "1;7gq2m4x9kd;T-b1;h10.0.0.5;x10.0.0.5,10.1.0.9",
    ],
)
def test_text_that_is_not_ours(text: str) -> None:
    with pytest.raises(RequestError, match="ask the question again"):
        parse_view(text)


@given(st.text())
def test_any_other_text(text: str) -> None:
    """One sentence, never another error."""
    with pytest.raises(RequestError):
        parse_view(text)


@given(st.text(alphabet="1;7gq2m4x9kdTPHOSDX-arbpf0.:,nhsx%'", max_size=80))
def test_what_is_read_is_what_would_be_written(tail: str) -> None:
    """No two texts for one view, and nothing in a view that its text did not say."""
    text = f"1;{RUN};T-b1{tail}"
    try:
        request = parse_view(text)
    except RequestError:
        return
    assert encode_view(request.run_id, request.view) == text


@pytest.mark.parametrize("run_id", ["", "abc", "A" * 10, "a;b;c", "a" * 33])
def test_no_run_is_called_so(run_id: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        encode_view(run_id, View())


@pytest.mark.parametrize(
    "values",
    [
        {"kind": ViewKind.PAIR},
        {"kind": ViewKind.CHANGES, "new_days": 1},
        {"pair": (A, B), "host": A},
        {"pair": (A, B), "subnet": Block(0, 24)},
        {"subnet": Block(0, 16)},
        {"top": 11},
        {"new_days": -1},
        {"new_days": 1000},
        {"service_port": 65_536},
        {"protocol": 256},
    ],
)
def test_values_that_make_no_view(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        View(**values)


def test_is_narrowed() -> None:
    """Only what leaves conversations out narrows."""
    assert not View(ViewKind.PORTS, top=100, measure=Measure.FLOWS).is_narrowed
    narrowing = [
        {"action": Action.ACCEPT},
        {"service_port": 0},
        {"protocol": 0},
        {"host": A},
        {"new_days": 1},
    ]
    assert all(View(**values).is_narrowed for values in narrowing)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["fe80::1%eth0", "10.0.0.1/24", "10.0.0", "a.b", "'", "", "1" * 46])
def test_no_address(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(RequestError, match="is not an address"):
        parse_address(text)


def test_address_keeps_its_text() -> None:
    """It is compared with the logs' own text, which need not be the shortest."""
    assert str(parse_address("2001:0DB8::1")) == "2001:0DB8::1"


def ask(days: int = 10, **filters: Any) -> Question:
    window = build_window_of_days(days, NOW, 400)
    side = Side((parse_block("10.1.0.0/16").block,))
    return Question(Scenario.PEERING, side, window, filters=Filters(**filters))


@pytest.mark.parametrize(("top", "expected"), [(1, 10), (10, 10), (11, 25), (26, 100), (500, 100)])
def test_a_view_starts_as_the_answer(top: int, expected: int) -> None:
    question = replace(ask(), top=top, measure=Measure.FLOWS)
    assert start_view(question) == View(top=expected, measure=Measure.FLOWS)


@pytest.mark.parametrize(("days", "expected"), [(1, 0), (2, 1), (7, 1), (10, 1), (14, 2), (366, 52)])
def test_choose_new_days(days: int, expected: int) -> None:
    assert choose_new_days(build_window_of_days(days, NOW, 400)) == expected


def test_new_since() -> None:
    window = ask(10).window
    assert find_new_since(View(), window) == window.first_day
    assert find_new_since(View(new_days=2), window).isoformat() == "2026-11-19"


@pytest.mark.parametrize("new_days", [10, 11])
def test_nothing_is_new_where_there_is_no_earlier_day(new_days: int) -> None:
    """Otherwise everything would be called new."""
    with pytest.raises(RequestError, match="no earlier day"):
        find_new_since(View(new_days=new_days), ask(10).window)


def test_new_since_of_times() -> None:
    """A window of hours over two days has one earlier day."""
    window = Window(NOW, NOW + timedelta(hours=8), by_time=True)
    assert find_new_since(View(new_days=1), window).isoformat() == "2026-11-21"


@pytest.mark.parametrize(
    ("filters", "view", "expected"),
    [
        ({}, View(action=Action.REJECT, service_port=22, protocol=6), ""),
        ({"action": Action.ACCEPT}, View(action=Action.REJECT), "REJECT traffic"),
        ({"action": Action.ACCEPT}, View(action=Action.ACCEPT), ""),
        ({"action": Action.ACCEPT}, View(), ""),
        ({"ports": (80, 443)}, View(service_port=443), ""),
        ({"ports": (80, 443)}, View(service_port=0), "port 0"),
        ({"protocols": (6,)}, View(protocol=17), "protocol 17"),
        ({"protocols": (6,)}, View(), ""),
    ],
)
def test_conflicts(filters: dict[str, Any], view: View, expected: str) -> None:
    """What the scan left out cannot be found in its result, which proves nothing."""
    assert find_conflict(ask(**filters), view) == expected
