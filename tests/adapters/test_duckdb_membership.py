"""However membership is told, the same addresses lie in a block."""

import ipaddress
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.duckdb_membership import choose_membership, write_text_condition
from bot.domain.binder import bind
from bot.domain.cidr import Block, expand, parse_block

TEXTS = ["10.0.0.1", "-", "", "10.", "10.1", "10.1.2", "10.1.2.3.4", "10.01.2.3", "010.1.2.3", "10.256.0.1",
         "10.1.2.999", "10.1.2.3 ", " 10.1.2.3", "10.1.2.3\n", "10..2.3", "10.1.2.-3", "10.1.2.٣", "fd00::10.1.2.3",
         "::ffff:10.1.2.3", "110.1.2.3", "1.0.1.2", "10x1x2x3"]  # fmt: skip


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def block_of(text: str) -> Block:
    return parse_block(text, largest_prefix=1).block


def near(block: Block) -> list[str]:
    """Addresses at the block's edges, on both sides of them."""
    numbers = [n + offset for n in (block.first, block.last) for offset in (-257, -256, -1, 0, 1, 255, 256)]
    return [str(ipaddress.IPv4Address(number)) for number in numbers if 0 <= number < 2**32]


def lies_within(text: str, block: Block) -> bool:
    """The oracle: an address in plain dotted decimals, and between the block's ends."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return str(address) == text and block.first <= int(address) <= block.last


def ask(connection: duckdb.DuckDBPyConnection, condition: str, texts: list[str]) -> list[bool | None]:
    rows = connection.execute(
        f"SELECT {condition} FROM (SELECT unnest($1) AS srcaddr, unnest(range($2)) AS n) ORDER BY n",  # noqa: S608
        [texts, len(texts)],
    )
    return [row[0] for row in rows.fetchall()]


@given(first=st.integers(0, 2**32 - 1), prefix=st.integers(1, 15), others=st.lists(st.integers(0, 2**32 - 1)))
def test_text_condition_is_arithmetic(first: int, prefix: int, others: list[int]) -> None:
    """Blocks of every large size, addresses at their edges and anywhere, and texts that are no addresses."""
    block = Block(first >> (32 - prefix) << (32 - prefix), prefix)
    texts = near(block) + [str(ipaddress.IPv4Address(number)) for number in others] + TEXTS
    expected = [lies_within(text, block) for text in texts]
    with duckdb.connect() as connection:
        assert ask(connection, write_text_condition("srcaddr", block), texts) == expected


@pytest.mark.parametrize("text", ["10.0.0.0/15", "10.16.0.0/12"])
def test_both_ways_give_the_same_rows(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """The published membership over the real expansion, and ours, row for row."""
    block = block_of(text)
    published = bind("in_blocks(srcaddr, :asked)", {"asked": (block,)})
    ours, listed = choose_membership(published, [block])
    assert "cidrtable" in published
    assert "cidrtable" not in ours
    assert listed == []
    lines = b"".join(expand(block)).decode().splitlines()
    connection.execute("CREATE OR REPLACE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
    connection.execute("INSERT INTO cidrtable SELECT $1, split_part(unnest($2), ',', 2)", [text, lines])
    texts = near(block) + TEXTS
    assert ask(connection, ours, texts) == ask(connection, published, texts)
    inside = f"SELECT count(*) FROM (SELECT ip AS srcaddr FROM cidrtable) WHERE {ours}"  # noqa: S608
    assert connection.execute(inside).fetchall() == [(block.size,)]


def test_small_blocks_stay_in_the_table() -> None:
    small = block_of("10.1.0.0/16")
    statement = bind("in_blocks(srcaddr, :asked)", {"asked": (small,)})
    assert choose_membership(statement, [small]) == (statement.join("()"), [small])


def test_side_may_hold_both_kinds() -> None:
    large, small = block_of("10.0.0.0/8"), block_of("192.0.2.0/24")
    in_table = bind("in_blocks(srcaddr, :asked)", {"asked": (small,)})
    statement = bind("x AND in_blocks(srcaddr, :asked)", {"asked": (large, small)})
    chosen, listed = choose_membership(statement, [large, small])
    assert listed == [small]
    assert chosen == f"x AND ({write_text_condition('srcaddr', large)} OR {in_table})"


def test_unknown_address_stays_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    """A record without an address is neither inside nor outside, as with the table."""
    condition = write_text_condition("CAST(NULL AS VARCHAR)", block_of("10.0.0.0/8"))
    assert connection.execute(f"SELECT {condition}").fetchall() == [(None,)]
