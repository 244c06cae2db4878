"""A block that is off by one address answers for the neighbour."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cidr import Block, count_expansion_bytes, expand, find_overlaps, parse_block
from bot.errors import RequestError


def block(text: str) -> Block:
    return parse_block(text, 1).block


PARSED = {
    "as typed": ("10.1.0.0/16", "10.1.0.0/16", ""),
    "host bits": ("10.1.2.3/16", "10.1.0.0/16", "10.1.2.3/16"),
    "one address": ("192.0.2.7", "192.0.2.7/32", ""),
    "the smallest": ("192.0.2.7/32", "192.0.2.7/32", ""),
    "two addresses": ("192.0.2.7/31", "192.0.2.6/31", "192.0.2.7/31"),
    "the largest": ("10.0.0.0/8", "10.0.0.0/8", ""),
    "the first": ("0.0.0.0/8", "0.0.0.0/8", ""),
    "the last": ("255.255.255.255/32", "255.255.255.255/32", ""),
    "a mask": ("10.1.0.0/255.255.0.0", "10.1.0.0/16", ""),
}


@pytest.mark.parametrize(("text", "canonical", "typed"), PARSED.values(), ids=PARSED)
def test_parse_block(text: str, canonical: str, typed: str) -> None:
    parsed = parse_block(text)
    assert (str(parsed.block), parsed.typed) == (canonical, typed)


NOT_A_BLOCK = "is not a CIDR block: write four numbers from 0 to 255 and a length from 8 to 32."
REFUSED = {
    "nothing": ("", f"“” {NOT_A_BLOCK}"),
    "three numbers": ("10.1.0/16", f"“10.1.0/16” {NOT_A_BLOCK}"),
    "256": ("10.256.0.0/16", f"“10.256.0.0/16” {NOT_A_BLOCK}"),
    "a length of 33": ("10.1.0.0/33", f"“10.1.0.0/33” {NOT_A_BLOCK}"),
    "a leading zero": ("010.1.0.0/16", f"“010.1.0.0/16” {NOT_A_BLOCK}"),
    "digits of another script": ("١٠.1.0.0/16", f"“١٠.1.0.0/16” {NOT_A_BLOCK}"),  # noqa: RUF001
    "a line break": ("10.1.0.0\n/16", f"“10.1.0.0/16” {NOT_A_BLOCK}"),
    "one bit too large": (
        "10.0.0.0/7",
        (
            "10.0.0.0/7 has 33,554,432 addresses, and the largest block taken is a /8: "
            "split it, or name a smaller one."
        ),
    ),
    "everything": ("0.0.0.0/0", "0.0.0.0/0 is every address there is: name the block you mean."),
    "IPv6": (
        "2001:db8::/32",
        "“2001:db8::/32” is an IPv6 block, and only IPv4 blocks can be asked about so far.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse_block(text)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize("text", ["x", "10.0.0.0/7", "0.0.0.0/0", "::1"])
def test_example_is_within_the_limit(text: str) -> None:
    """Where only small blocks are taken, the suggested one is small too."""
    with pytest.raises(RequestError) as refused:
        parse_block(text, 20)
    assert parse_block(refused.value.example.removeprefix("add "), 20).block.prefix == 20


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("10.0.0.0/24", "10.0.0.0/24", True),
        ("10.0.0.0/24", "10.0.0.255/32", True),
        ("10.0.0.0/24", "10.0.1.0/32", False),
        ("10.0.0.0/8", "10.255.255.255/32", True),
        ("10.0.0.0/8", "11.0.0.0/8", False),
    ],
)
def test_overlaps(one: str, other: str, overlap: bool) -> None:
    assert block(one).overlaps(block(other)) is block(other).overlaps(block(one)) is overlap


def test_contains() -> None:
    """A block contains itself and its parts, not what contains it."""
    assert block("10.0.0.0/24").contains(block("10.0.0.0/24"))
    assert block("10.0.0.0/24").contains(block("10.0.0.255/32"))
    assert not block("10.0.0.255/32").contains(block("10.0.0.0/24"))


def test_find_overlaps() -> None:
    """The block itself is no overlap, and the order is by address."""
    registered = [block(text) for text in ("10.1.0.0/16", "10.0.0.0/8", "10.1.2.0/24", "10.2.0.0/16")]
    assert [str(each) for each in find_overlaps(block("10.1.0.0/16"), registered)] == [
        "10.0.0.0/8",
        "10.1.2.0/24",
    ]


def test_expansion_name() -> None:
    assert block("10.1.0.0/16").expansion_name == "10_1_0_0_16.csv"


@settings(derandomize=True, max_examples=100)
@given(first=st.integers(0, 2**32 - 1), prefix=st.integers(20, 32))
def test_expand_is_every_address_once(first: int, prefix: int) -> None:
    """Against the standard library's own listing; the counted size is the real one."""
    network = ipaddress.ip_network((first, prefix), strict=False)
    made = Block(int(network.network_address), prefix)
    text = b"".join(expand(made))
    assert text.decode() == "".join(f"{network},{address}\n" for address in network)
    assert count_expansion_bytes(made) == len(text)


@pytest.mark.parametrize("text", ["10.1.0.0/16", "255.255.0.0/16", "9.250.0.0/15"])
def test_expand_large_blocks(text: str) -> None:
    """Each line, where one octet after the other goes on to the next."""
    lines = (f"{text},{address}\n" for address in ipaddress.ip_network(text))
    assert b"".join(expand(block(text))).decode() == "".join(lines)


@pytest.mark.parametrize(
    "text", ["10.1.0.0/16", "9.128.0.0/10", "0.0.0.0/12", "255.255.0.0/16", "98.0.0.0/14"]
)
def test_counted_size_of_large_blocks(text: str) -> None:
    assert count_expansion_bytes(block(text)) == sum(map(len, expand(block(text))))
