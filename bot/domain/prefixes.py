"""Names of address prefixes, IPv4 and IPv6."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

_ZONE = "%"


class NamedPrefixes:
    """What addresses are called: of several prefixes that hold an address, the longest one's name counts.

    Of two names of one prefix, that which sorts first. A look-up costs one step for each length there is.
    """

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """`named` are CIDRs without host bits, each with its name. Raises ValueError for what is no CIDR."""
        self._names: dict[tuple[int, int], dict[int, str]] = {}
        for cidr, name in named:
            network = ipaddress.ip_network(cidr)
            names = self._names.setdefault((network.version, network.prefixlen), {})
            first = int(network.network_address)
            names[first] = min(name, names.get(first, name))
        self._longest_first = sorted(self._names, reverse=True)

    def find(self, place: str) -> str:
        """The name of an address, or of a block (as a CIDR) that lies wholly in one prefix; else empty."""
        if _ZONE in place:  # fe80::1%anything is no address of the logs, though `ipaddress` takes it
            return ""
        try:
            network = ipaddress.ip_network(place)
        except ValueError:
            return ""
        first, bits = int(network.network_address), network.max_prefixlen
        for version, length in self._longest_first:
            if version == network.version and length <= network.prefixlen:
                name = self._names[version, length].get(first >> (bits - length) << (bits - length))
                if name is not None:
                    return name
        return ""
