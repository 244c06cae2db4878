"""Whose an address is, held against plain `ipaddress`."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cidr import Block, parse_block
from bot.domain.labels import Labels
from bot.domain.prefixes import NamedPrefixes

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


RANGES = NamedPrefixes(
    [("52.95.110.0/24", "S3 eu-central-1"), ("192.0.2.0/25", "EC2 x"), ("198.51.100.0/24", "EC2 x")]
)
HOSTS = {"10.1.2.3": "db-primary", "172.16.0.1": "bastion", "100.64.0.7": "node", "52.95.110.9": "web"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("52.95.110.1", "52.95.110.1 (S3 eu-central-1)"),
        ("192.0.2.9", "192.0.2.9 (net-4)"),  # a registered network comes first
        ("198.51.100.9", "198.51.100.9 (TEST-NET-2)"),  # then what everybody means
        ("10.1.2.3", "10.1.2.3 (net-3: db-primary)"),
        ("10.1.2.0/24", "10.1.2.0/24 (net-2)"),
        ("172.16.0.1", "172.16.0.1 (bastion)"),
        ("100.64.0.7", "100.64.0.7 (shared address space: node)"),
        ("52.95.110.9", "52.95.110.9 (web)"),  # whoever uses it privately has it not from AWS
    ],
)
def test_ranges_and_hosts(address: str, expected: str) -> None:
    labels = Labels(NETWORKS, RANGES, HOSTS)
    assert labels.write(address) == labels.write_briefly(address) == expected


@pytest.mark.parametrize(
    ("network", "host", "expected"),
    [
        ("vpc-b", "h" * 23, "vpc-b: " + "h" * 23),
        ("vpc-b", "h" * 24, "vpc-b: " + "h" * 11 + "…" + "h" * 11),
        ("n" * 63, "h" * 40, "nnnnnnn…nnnnnn: hhhhhhh…hhhhhh"),
        ("n" * 63, "db", "n" * 13 + "…" + "n" * 12 + ": db"),
    ],
)
def test_a_cell_has_room_for_either_name(network: str, host: str, expected: str) -> None:
    labels = Labels({network: NETWORKS["net-1"]}, hosts={"10.1.0.9": host})
    assert labels.write_briefly("10.1.0.9") == f"10.1.0.9 ({expected})"
    assert len(expected) <= 30
    assert labels.write("10.1.0.9") == f"10.1.0.9 ({network}: {host})"


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


def test_a_list_of_ranges_names_no_private_address() -> None:
    ranges = NamedPrefixes([("0.0.0.0/0", "S3 x"), ("10.0.0.0/8", "S3 y")])
    places = ("172.16.0.1", "10.1.2.3", "10.1.2.0/24", "52.95.110.1")
    assert [Labels({}, ranges).write(each) for each in places] == [*places[:3], "52.95.110.1 (S3 x)"]
