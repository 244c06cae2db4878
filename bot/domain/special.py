"""Addresses that mean something everywhere.

Names: IANA, "IPv4 Special-Purpose Address Registry" and "IPv4 Multicast Address Space Registry"; the
link-local addresses of AWS, from its guides to VPC, EC2, ECS and EKS. Private networks have no name here,
for most addresses in flow logs are private.
"""

from __future__ import annotations

from bot.domain.cidr import Block, parse_block

_NAMES = {
    "0.0.0.0/8": "this network",
    "100.64.0.0/10": "shared address space",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "169.254.169.123/32": "Amazon Time Sync",
    "169.254.169.253/32": "Amazon DNS",
    "169.254.169.254/32": "instance metadata",
    "169.254.170.2/32": "ECS task metadata",
    "169.254.170.23/32": "EKS Pod Identity",
    "192.0.0.0/24": "IETF protocols",
    "192.0.2.0/24": "TEST-NET-1",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "TEST-NET-2",
    "203.0.113.0/24": "TEST-NET-3",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "255.255.255.255/32": "broadcast",
}


def list_special() -> dict[str, tuple[Block, ...]]:
    """The special blocks by their names, in the form of networks."""
    networks: dict[str, tuple[Block, ...]] = {}
    for text, name in _NAMES.items():
        networks[name] = (*networks.get(name, ()), parse_block(text, 1).block)
    return networks
