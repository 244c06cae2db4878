"""Whose an address is, held against plain `ipaddress`."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cidr import Block, parse_block
from bot.domain.labels import Labels

BLOCKS = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "192.0.2.0/24", "10.1.0.0/17")
NETWORKS = {f"net-{number}": (parse_block(text).block,) for number, text in enumerate(BLOCKS)}


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 32)), max_size=12), st.integers(0, 2**32 - 1)
)
def test_smallest_block_wins(given_blocks: list[tuple[int, int]], number: int) -> None:
    blocks = [Block(first >> (32 - prefix) << (32 - prefix), prefix) for first, prefix in given_blocks]
    networks = {f"n{index}": (block,) for index, block in enumerate(blocks)}
    address = ipaddress.IPv4Address(number)
    holding = [
        (-block.prefix, name)
        for name, (block,) in networks.items()
        if address in ipaddress.ip_network(str(block))
    ]
    assert Labels(networks).find(str(address)) == (min(holding)[1] if holding else "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("10.1.2.3", "net-3"), ("10.1.2.4", "net-2"), ("10.1.200.1", "net-1"), ("10.9.0.0", "net-0")],
)
def test_nested_networks(address: str, expected: str) -> None:
    assert Labels(NETWORKS).find(address) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n" * 30, "n" * 30),
        ("n" * 31, "n" * 15 + "…" + "n" * 14),
        ("account-a." + "n" * 40 + ".production-b", "account-a.nnnnn…n.production-b"),
    ],
)
def test_long_names_lose_their_middle_in_a_table(name: str, expected: str) -> None:
    """What tells two long names apart is often at their ends."""
    labels = Labels({name: NETWORKS["net-1"]})
    assert labels.write_briefly("10.1.0.9") == f"10.1.0.9 ({expected})"
    assert labels.write("10.1.0.9") == f"10.1.0.9 ({name})"


@pytest.mark.parametrize("address", ["", "-", "2001:db8::1", "10.1.2", "11.0.0.0", "10.0.0.0/7"])
def test_what_is_nobodys(address: str) -> None:
    assert Labels(NETWORKS).find(address) == ""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", "10.1.2.3 (net-3)"),
        ("169.254.169.254", "169.254.169.254 (instance metadata)"),
        ("169.254.1.1", "169.254.1.1 (link-local)"),
        ("192.0.2.9", "192.0.2.9 (net-4)"),  # a registered network is nearer than the registry
        ("255.255.255.255", "255.255.255.255 (broadcast)"),
        ("172.16.0.1", "172.16.0.1"),
        ("2001:db8::1", "2001:db8::1 (documentation)"),
        ("10.1.2.0/24", "10.1.2.0/24 (net-2)"),
        ("10.1.0.0/16", "10.1.0.0/16 (net-1)"),  # of which net-2 holds only a part
        ("-", "-"),
    ],
)
def test_written_address(address: str, expected: str) -> None:
    assert Labels(NETWORKS).write(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", "10.1.2.3 (net-3)"),
        ("198.51.100.9", "198.51.100.9 (S3)"),
        ("198.51.100.8", "198.51.100.8 (TEST-NET-2)"),
    ],
)
def test_an_aws_service_stands_where_no_network_does(address: str, expected: str) -> None:
    """The logs' own word is nearer than what the address means everywhere, and the registry's nearest."""
    assert (
        Labels(NETWORKS).with_services({"198.51.100.9": "S3", "10.1.2.3": "EC2"}).write(address) == expected
    )
