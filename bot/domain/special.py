"""Addresses that mean something everywhere.

Names: IANA, "IPv4 Special-Purpose Address Registry", "IPv6 Special-Purpose Address Registry" and the
registries of IPv4 and IPv6 multicast addresses; AWS's own local addresses, from its guides to VPC, EC2, ECS
and EKS. Private networks (10.0.0.0/8 and its like, and fc00::/7) have no name here, for most addresses in
flow logs are private.
"""

from __future__ import annotations

_OF_IPV4 = {
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
    "192.0.0.0/29": "IPv4 continuity",
    "192.0.0.8/32": "dummy address",
    "192.0.0.9/32": "PCP anycast",
    "192.0.0.10/32": "TURN anycast",
    "192.0.0.170/31": "NAT64/DNS64 discovery",
    "192.0.2.0/24": "TEST-NET-1",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relay",
    "192.88.99.2/32": "6a44 relay",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "TEST-NET-2",
    "203.0.113.0/24": "TEST-NET-3",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "255.255.255.255/32": "broadcast",
}

_OF_IPV6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "64:ff9b::/96": "IPv4-IPv6 translation",
    "64:ff9b:1::/48": "IPv4-IPv6 translation",
    "100::/64": "discard-only",
    "100:0:0:1::/64": "dummy prefix",
    "2001::/23": "IETF protocols",
    "2001::/32": "Teredo",
    "2001:1::1/128": "PCP anycast",
    "2001:1::2/128": "TURN anycast",
    "2001:1::3/128": "DNS-SD SRP anycast",
    "2001:2::/48": "benchmarking",
    "2001:3::/32": "AMT",
    "2001:4:112::/48": "AS112",
    "2001:10::/28": "ORCHID",
    "2001:20::/28": "ORCHIDv2",
    "2001:30::/28": "drone remote ID",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
    "5f00::/16": "SRv6 SIDs",
    "fd00:ec2::23/128": "EKS Pod Identity",
    "fd00:ec2::123/128": "Amazon Time Sync",
    "fd00:ec2::253/128": "Amazon DNS",
    "fd00:ec2::254/128": "instance metadata",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}

SPECIAL: tuple[tuple[str, str], ...] = tuple((_OF_IPV4 | _OF_IPV6).items())
"""Every special prefix as a CIDR, and its name."""
