"""Addresses that mean something everywhere, by the name of the most specific entry of the registries."""

import ipaddress

import pytest

from bot.domain.labels import NO_LABELS
from bot.domain.special import SPECIAL


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("0.0.0.1", "this network"),
        ("100.127.255.255", "shared address space"),
        ("100.128.0.0", ""),
        ("192.0.0.1", "IPv4 continuity"),
        ("192.0.0.8", "dummy address"),
        ("192.0.0.9", "PCP anycast"),
        ("192.0.0.10", "TURN anycast"),
        ("192.0.0.11", "IETF protocols"),
        ("192.0.0.171", "NAT64/DNS64 discovery"),
        ("192.88.99.1", "6to4 relay"),
        ("192.88.99.2", "6a44 relay"),
        ("198.19.255.255", "benchmarking"),
        ("255.255.255.254", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("192.168.1.1", ""),
    ],
)
def test_ipv4(address: str, name: str) -> None:
    assert NO_LABELS.write(address) == (f"{address} ({name})" if name else address)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("0:0:0:0:0:0:0:1", "loopback"),
        ("::2", ""),
        ("::ffff:10.1.2.3", "IPv4-mapped"),
        ("64:ff9b::c000:201", "IPv4-IPv6 translation"),
        ("64:ff9b:1:ffff::1", "IPv4-IPv6 translation"),
        ("100::1", "discard-only"),
        ("100:0:0:1::1", "dummy prefix"),
        ("100:0:0:2::1", ""),
        ("2001::1", "Teredo"),  # within the IETF's own 2001::/23
        ("2001:1::1", "PCP anycast"),
        ("2001:1::3", "DNS-SD SRP anycast"),
        ("2001:1::4", "IETF protocols"),
        ("2001:1ff:ffff::1", "IETF protocols"),
        ("2001:200::1", ""),
        ("2001:2:0:1::1", "benchmarking"),
        ("2001:2:1::1", "IETF protocols"),
        ("2001:1f::1", "ORCHID"),
        ("2001:2f::1", "ORCHIDv2"),
        ("2001:3f::1", "drone remote ID"),
        ("2001:0DB8:85a3::8a2e:370:7334", "documentation"),
        ("2002:c000:204::1", "6to4"),
        ("2620:4f:8000::1", "AS112"),
        ("3fff:fff::1", "documentation"),
        ("3fff:1000::1", ""),
        ("5f00::1", "SRv6 SIDs"),
        ("fd00:ec2::254", "instance metadata"),
        ("fd00:ec2::253", "Amazon DNS"),
        ("fd00:ec2::1", ""),  # unique-local, as most of what is private
        ("fc00::1", ""),
        ("fe80::1", "link-local"),
        ("febf::1", "link-local"),
        ("fec0::1", ""),
        ("ff02::fb", "multicast"),
        ("2600:1f18::1", ""),
        ("fe80::1%eth0", ""),
    ],
)
def test_ipv6(address: str, name: str) -> None:
    assert NO_LABELS.write(address) == (f"{address} ({name})" if name else address)


def test_what_python_knows_as_not_global_has_a_name_or_is_private() -> None:
    """Held against another's copy of the registry, at both ends of every entry."""
    private = (ipaddress.ip_network("fc00::/7"), ipaddress.ip_network("fec0::/10"))
    for cidr, _ in SPECIAL:
        network = ipaddress.ip_network(cidr)
        for address in (network[0] - 1 if int(network[0]) else network[0], network[0], network[-1]):
            is_ours = any(address in each for each in private if each.version == address.version)
            if address.version == 6 and address.is_private and not is_ours:
                assert NO_LABELS.write(str(address)) != str(address)


def test_entries_are_canonical_and_said_in_few_words() -> None:
    assert len({cidr for cidr, _ in SPECIAL}) == len(SPECIAL) >= 40
    for cidr, name in SPECIAL:
        assert str(ipaddress.ip_network(cidr)) == cidr
        assert 0 < len(name) <= 24
