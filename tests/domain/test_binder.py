"""Values into SQL: what each kind becomes, and that nothing else gets in."""

from datetime import UTC, date, datetime
from enum import StrEnum
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.address import Address
from bot.domain.binder import Fields, Fragment, bind, write_literal
from bot.domain.cidr import Block, parse_block
from bot.domain.question import Action, Measure
from bot.domain.window import Window

BLOCKS = tuple(parse_block(text).block for text in ("10.0.0.0/16", "100.64.0.0/16"))
IN_BLOCKS = "srcaddr IN (SELECT ip FROM cidrtable WHERE cidr IN ('10.0.0.0/16', '100.64.0.0/16'))"
SINCE, UNTIL = datetime(2026, 11, 14, 12, tzinfo=UTC), datetime(2026, 11, 14, 13, 30, tzinfo=UTC)


class Hostile(StrEnum):
    """Words that are none of ours."""

    QUOTE = "it's"
    COMMENT = "a--"
    NAME = ":limit"
    EMPTY = ""
    SPACE = "a b"


BOUND: list[tuple[str, Any, str]] = [
    (":it", 10, "10"),
    (":it", 0, "0"),
    (":it", -1, "-1"),
    (":it", date(2026, 1, 2), "'2026/01/02'"),
    (":it", Action.ACCEPT, "'ACCEPT'"),
    (":it", Measure.BYTES, "'bytes'"),
    (":it", BLOCKS[0], "'10.0.0.0/16'"),
    (":it", Address("2001:db8::1"), "'2001:db8::1'"),
    ("in_values(client, :it)", (Address("10.0.0.5"),), "client IN ('10.0.0.5')"),
    ("in_networks(client, :it)", (), "TRUE"),
    (
        "in_networks(client, :it)",
        BLOCKS,
        "STARTS_WITH(client, '10.0.') OR STARTS_WITH(client, '100.64.')",
    ),
    (
        "in_networks(client, :it)",
        (Block(2 << 24, 7), Block(8, 31)),
        r"REGEXP_EXTRACT(client, '^(\d+)\.', 1) IN ('2', '3') OR client IN ('0.0.0.8', '0.0.0.9')",
    ),
    (
        "in_networks(client, :it)",
        (parse_block("10.1.6.0/23").block,),
        r"REGEXP_EXTRACT(client, '^10\.1\.(\d+)\.', 1) IN ('6', '7')",
    ),
    ("optional(traffic_path, :it)", Fields(frozenset({"traffic_path"})), "traffic_path"),
    ("optional(traffic_path, :it)", Fields(frozenset({"start"})), "CAST(NULL AS INTEGER)"),
    ("optional(pkt_src_aws_service, :it)", Fields(frozenset()), "CAST(NULL AS VARCHAR)"),
    ("(:it)", Fragment("a = 1"), "(a = 1)"),
    ("(:it)", Fragment("-- why\na = 1\n"), "(a = 1)"),
    ("in_values(action, :it)", (Action.REJECT,), "action IN ('REJECT')"),
    ("in_values(srcport, :it)", (443, 0), "srcport IN (443, 0)"),
    ("in_values(srcport, :it)", (), "TRUE"),
    ("in_blocks(srcaddr, :it)", BLOCKS, IN_BLOCKS),
    ("in_blocks(srcaddr,:it)", BLOCKS, IN_BLOCKS),
    ("in_blocks(srcaddr, :it)", (), "TRUE"),
    ("in_window(start, :it)", Window(SINCE, UNTIL), "TRUE"),
    ("in_days(day, :it)", Window(SINCE, UNTIL), "day BETWEEN '2026/11/14' AND '2026/11/14'"),
    (
        "in_window(start, :it)",
        Window(SINCE, UNTIL, by_time=True),
        "(start >= 1794657600 AND start < 1794663000)",
    ),
    (
        'in_window("end", :it)',
        Window(SINCE, UNTIL, by_time=True),
        '("end" >= 1794657600 AND "end" < 1794663000)',
    ),
    ("'12:00' :it", 1, "'12:00' 1"),
    ("a::it :it", 1, "a::it 1"),
]


@pytest.mark.parametrize(("text", "value", "expected"), BOUND)
def test_each_kind_of_value(text: str, value: Any, expected: str) -> None:
    assert bind(text, {"it": value}) == expected


def test_names_within_a_fragment() -> None:
    """A condition names the question's own sides."""
    values = {"condition": Fragment("in_blocks(srcaddr, :side) AND x = :limit"), "side": BLOCKS, "limit": 3}
    assert bind("WHERE :condition", values) == f"WHERE {IN_BLOCKS} AND x = 3"


def test_a_name_may_stand_twice() -> None:
    assert bind(":a :b :a", {"a": 1, "b": 2}) == "1 2 1"


def test_values_that_no_name_asks_for() -> None:
    """All of a question's values are offered; a statement takes what it needs."""
    assert bind("1", {"limit": 1}) == "1"


@pytest.mark.parametrize(
    "text",
    [":gone", "in_values(a, :gone)", "in_blocks(a, :gone)", "in_networks(a, :gone)", "in_window(a, :gone)"],
)
def test_name_without_a_value(text: str) -> None:
    with pytest.raises(KeyError):
        bind(text, {"it": 1})


REFUSED: list[Any] = [
    "10.0.0.0/16",
    "ACCEPT",
    b"1",
    None,
    True,
    1.5,
    [1],
    {"a": 1},
    datetime(2026, 11, 14, tzinfo=UTC),
    *Hostile,
    Window(SINCE, UNTIL),
    (1,),
]


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_value_of_no_kind_of_ours(value: Any) -> None:
    """Above all no text: what a person typed has no way in."""
    with pytest.raises(TypeError):
        write_literal(value)


@pytest.mark.parametrize("word", ["in_values", "in_blocks", "in_networks", "in_days", "in_window"])
@pytest.mark.parametrize(
    "value", ["", None, 0, "a", ["a"], ("a",), (None,), (True,), tuple(Hostile)], ids=repr
)
def test_lists_of_other_things(word: str, value: Any) -> None:
    """An empty text is no empty list: it would silently ask for everything."""
    with pytest.raises(TypeError):
        bind(f"{word}(a, :it)", {"it": value})


def test_fragment_is_no_value_of_a_list() -> None:
    with pytest.raises(TypeError):
        bind("in_values(a, :it)", {"it": (Fragment("1"),)})  # type: ignore[dict-item]


@given(st.text())
def test_no_text_gets_in(text: str) -> None:
    """Whatever is typed, it is refused or it is one of our words."""
    with pytest.raises(TypeError):
        bind("SELECT :it", {"it": text})  # type: ignore[dict-item]


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_blocks_are_plain(first: int, prefix: int) -> None:
    """Digits, dots and a slash between two quotes, for any block that can be."""
    literal = write_literal(Block(first >> (32 - prefix) << (32 - prefix), prefix))
    assert set(literal) <= set("'0123456789./")
    assert literal.count("'") == 2


@pytest.mark.parametrize("value", [(1,), (Action.ACCEPT,), (Address("10.0.0.5"),), BLOCKS[0]], ids=repr)
def test_networks_are_blocks(value: Any) -> None:
    with pytest.raises(TypeError):
        bind("in_networks(a, :it)", {"it": value})


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), min_size=1, max_size=3),
    st.lists(st.ip_addresses().map(str), max_size=5),
)
def test_networks_hold_their_addresses(sizes: list[tuple[int, int]], others: list[str]) -> None:
    """Told from the text alone, the same addresses are inside as by arithmetic; no IPv6 one is."""
    blocks = tuple(Block(first >> (32 - prefix) << (32 - prefix), prefix) for first, prefix in sizes)
    networks = [ip_network(str(block)) for block in blocks]
    borders = {
        number for block in blocks for number in (block.first - 1, block.first, block.last, block.last + 1)
    }
    candidates = [str(IPv4Address(number)) for number in borders if 0 <= number < 2**32]
    addresses = [*candidates, *others, *(f"::ffff:{text}" for text in candidates)]
    condition = bind("in_networks(address, :it)", {"it": blocks})
    query = f"SELECT address FROM (SELECT UNNEST(?) AS address) WHERE {condition}"  # noqa: S608
    with duckdb.connect() as engine:
        inside = engine.execute(query, [addresses]).fetchall()
    expected = [text for text in addresses if any(ip_address(text) in network for network in networks)]
    assert sorted(text for (text,) in inside) == sorted(expected)
