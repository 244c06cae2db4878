"""Addresses as numbers, compiled and not: those of IPv4 as AWS writes them, and of nothing else."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters import flowlog_addresses
from bot.adapters.flowlog_addresses import begin_with, lie_in, number_addresses, spell_addresses
from bot.adapters.flowlog_lines import LIBRARY, load
from bot.domain.cidr import Block, parse_block

NO_ADDRESSES = ["-", "", "10.", "10.1", "10.1.2", "10.1.2.", ".10.1.2", "10.1.2.3.", "10.1.2.3.4", "10.01.2.3",
                "010.1.2.3", "00.1.2.3", "10.256.0.1", "10.1.2.999", "4294967306.1.2.3", "10.1.2.3 ", " 10.1.2.3",
                "10.1.2.3\n", "10.1.2.3\0", "10..2.3", "10.1.2.-3", "10.1.2.+3", "10.1.2.\u0663", "fd00::10.1.2.3",
                "::ffff:10.1.2.3", "::", "10x1x2x3", "10.1.2.0x3", "10.1.2.3/32", "167838211"]  # fmt: skip
EDGES = ["0.0.0.1", "255.255.255.255", "1.2.3.4", "10.0.0.1", "100.20.3.0", "9.10.99.100", "199.200.249.250"]

WORDS = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.sampled_from([*NO_ADDRESSES, *EDGES]),
    st.text("0123456789.", max_size=18),
    st.lists(st.integers(0, 300).map(str), min_size=3, max_size=5).map(".".join),
    st.none(),
)


@pytest.fixture(params=["compiled", "not compiled"], autouse=True)
def _way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways in which addresses are looked at."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "compiled":
            assert load(LIBRARY)
        else:
            patch.setattr(flowlog_addresses, "LIBRARY", Path("nowhere.so"))
        yield


CAREFULLY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # which changes nothing


def read(text: str | None) -> int | None:
    """The oracle."""
    try:
        address = IPv4Address(text or "")
    except AddressValueError:
        return None
    return int(address) if str(address) == text else None


@pytest.mark.parametrize("text", [*NO_ADDRESSES, *EDGES, None])
def test_texts_that_are_hard_to_tell(text: str | None) -> None:
    assert number_addresses(pa.array([text], pa.string())).to_pylist() == [read(text)]
    assert (read(text) is not None) == (text in EDGES)


@CAREFULLY
@given(texts=st.lists(WORDS, max_size=40), start=st.integers(0, 5))
def test_numbers_are_those_of_the_addresses(texts: list[str | None], start: int) -> None:
    """Anything that stands in a log, whole arrays and parts of them, with what is missing in between."""
    expected = [read(text) for text in texts][start:]
    array = pa.array(texts, pa.string())[start:]
    assert number_addresses(array).to_pylist() == expected
    assert number_addresses(array.dictionary_encode()).to_pylist() == expected


@CAREFULLY
@given(
    texts=st.lists(WORDS, max_size=40),
    start=st.integers(0, 5),
    beginning=st.sampled_from(
        ["", "1", "10.", "10.1.", "10.1.2.", "100.20.3", "199.200.249.", "199.200.249.250", "fd00:"]
    ),
)
def test_beginnings_are_found(texts: list[str | None], start: int, beginning: str) -> None:
    array = pa.array(texts, pa.string())[start:]
    expected = [text is not None and text.startswith(beginning) for text in texts[start:]]
    assert begin_with(array, beginning).to_pylist() == expected


@CAREFULLY
@given(numbers=st.lists(st.none() | st.integers(0, 2**32 - 1), max_size=40), start=st.integers(0, 9))
def test_addresses_are_spelled_as_aws_writes_them(numbers: list[int | None], start: int) -> None:
    array = pa.array(numbers, pa.uint32())[start:]
    spelled = spell_addresses(array)
    spelled.validate(full=True)
    assert spelled.to_pylist() == [
        None if number is None else str(IPv4Address(number)) for number in numbers[start:]
    ]
    assert number_addresses(spelled).equals(array)


@CAREFULLY
@given(
    addresses=st.lists(st.none() | st.integers(0, 2**32 - 1), max_size=40),
    blocks=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), min_size=1, max_size=3),
    near=st.lists(st.integers(-2, 2), max_size=5),
)
def test_numbers_and_texts_lie_in_the_same_blocks(
    addresses: list[int | None], blocks: list[tuple[int, int]], near: list[int]
) -> None:
    """As the standard library tells it, at the blocks' ends as well."""
    networks = [IPv4Network(block, strict=False) for block in blocks]
    edges = [(int(networks[0][-1]) + step) % 2**32 for step in near]
    array = pa.array([*addresses, *edges], pa.uint32())
    expected = [
        number is not None and any(IPv4Address(number) in network for network in networks)
        for number in array.to_pylist()
    ]
    sought = [Block(int(network.network_address), network.prefixlen) for network in networks]
    texts = spell_addresses(array)
    for given_as in (array, texts, texts.dictionary_encode()):
        assert lie_in(given_as, sought).to_pylist() == expected


def test_missing_address_is_none_whatever_lies_in_its_place() -> None:
    """Arrow lets any text lie there."""
    whole = pa.array(["10.0.0.1", "10.0.0.2"])
    _, ends, data = whole.buffers()
    half = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), ends, data])
    assert half.to_pylist() == [None, "10.0.0.2"]
    assert number_addresses(half).to_pylist() == [None, 0x0A000002]
    assert begin_with(half, "10.").to_pylist() == [False, True]


@pytest.mark.parametrize(("text", "last"), [("10.1.0.0/16", "10.1.255.255"), ("10.1.2.3/32", "10.1.2.3")])
def test_block_ends_where_it_ends(text: str, last: str) -> None:
    block = parse_block(text).block
    first = IPv4Address(block.first)
    inside = [str(first), last]
    outside = [str(first - 1), str(IPv4Address(last) + 1), "fd00::1", None]
    texts = pa.array([*inside, *outside])
    for addresses in (texts, number_addresses(texts)):
        assert lie_in(addresses, [block]).to_pylist() == [True] * 2 + [False] * 4
