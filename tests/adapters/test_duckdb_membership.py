"""By its number or by the published list, the same addresses lie in a block."""

import ipaddress

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.duckdb_membership import tell_by_numbers
from bot.adapters.flowlog_addresses import number_addresses
from bot.domain.binder import bind
from bot.domain.cidr import Block, expand, parse_block
from tests.adapters.test_flowlog_addresses import EDGES, NO_ADDRESSES

TEXTS = [*EDGES, *NO_ADDRESSES, "10.0.0.1", "110.1.2.3", None]


def block_of(text: str) -> Block:
    return parse_block(text, largest_prefix=1).block


def near(block: Block) -> list[str]:
    """Addresses at the block's edges, on both sides of them."""
    numbers = [n + offset for n in (block.first, block.last) for offset in (-257, -256, -1, 0, 1, 255, 256)]
    return [str(ipaddress.IPv4Address(number)) for number in numbers if 0 <= number < 2**32]


def lies_within(text: str | None, block: Block) -> bool | None:
    """The oracle: an address in plain dotted decimals, and between the block's ends; unknown where it is missing."""
    if text is None:
        return None
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return str(address) == text and block.first <= int(address) <= block.last


def ask(condition: str, texts: list[str | None], listed: list[Block] | None = None) -> list[bool | None]:
    """What a condition tells of each address, which has its number beside it; `cidrtable` holds what is listed."""
    srcaddr = pa.array(texts, pa.string())
    record = pa.table(
        {"srcaddr": srcaddr, "srcaddr_number": number_addresses(srcaddr), "n": range(len(texts))}
    )
    with duckdb.connect() as connection:
        connection.register("record", record)
        connection.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
        for block in listed or []:
            lines = b"".join(expand(block)).decode().splitlines()
            insert = "INSERT INTO cidrtable SELECT $1, split_part(unnest($2), ',', 2)"
            connection.execute(insert, [str(block), lines])
        rows = connection.execute(f"SELECT {condition} FROM record ORDER BY n")  # noqa: S608
        return [row[0] for row in rows.fetchall()]


def write_published(*blocks: Block) -> str:
    return bind("in_blocks(srcaddr, :asked)", {"asked": blocks})


BLOCKS = st.builds(
    lambda number, prefix: Block(number >> (32 - prefix) << (32 - prefix), prefix),
    st.integers(0, 2**32 - 1),
    st.integers(1, 32),
)


@given(
    blocks=st.lists(BLOCKS, min_size=1, max_size=4, unique=True), others=st.lists(st.integers(0, 2**32 - 1))
)
def test_membership_is_arithmetic(blocks: list[Block], others: list[int]) -> None:
    """Blocks of every size, addresses at their edges and anywhere, texts that are no addresses, and none."""
    edges = [text for block in blocks for text in near(block)]
    texts = [*edges, *[str(ipaddress.IPv4Address(number)) for number in others], *TEXTS]
    expected = [None if text is None else any(lies_within(text, block) for block in blocks) for text in texts]
    condition = tell_by_numbers(write_published(*blocks), blocks)
    assert ask(condition, texts) == expected
    assert ask(f"NOT {condition}", texts) == [None if told is None else not told for told in expected]


@pytest.mark.parametrize(
    "texts",
    [["10.0.0.0/15"], ["10.16.0.0/12"], ["10.1.0.0/16"], ["10.1.2.0/24", "10.1.4.0/25"], ["10.1.2.3/32"]],
    ids="+".join,
)
def test_both_ways_give_the_same(texts: list[str]) -> None:
    """The published membership over the real expansion, and ours, row for row."""
    blocks = [block_of(text) for text in texts]
    published = write_published(*blocks)
    ours = tell_by_numbers(published, blocks)
    assert "cidrtable" in published
    assert "cidrtable" not in ours
    addresses = [*(text for block in blocks for text in near(block)), *TEXTS]
    assert ask(ours, addresses) == ask(published, addresses, blocks)


def test_each_side_has_its_own_blocks_and_column() -> None:
    first, second = block_of("10.0.0.0/8"), block_of("192.0.2.0/24")
    statement = bind(
        "in_blocks(srcaddr, :asked) AND in_blocks(dstaddr, :home)", {"asked": (first,), "home": (second,)}
    )
    told = tell_by_numbers(statement, [first, second])
    assert f"srcaddr_number BETWEEN {first.first} AND {first.last}" in told
    assert f"dstaddr_number BETWEEN {second.first} AND {second.last}" in told
