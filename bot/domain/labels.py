"""Whose an address is: the registered network that holds it."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Mapping

from bot.domain.cidr import Block
from bot.domain.special import list_special


class Labels:
    """The networks' names by address; of several blocks that hold an address the smallest counts."""

    def __init__(self, networks: Mapping[str, tuple[Block, ...]]) -> None:
        named = {(block, name) for name, blocks in networks.items() for block in blocks}
        # Larger blocks first, so that a smaller one within begins later and is met first from behind.
        self._named = sorted(named, key=lambda pair: (pair[0].first, -pair[0].size, pair[1]))
        self._firsts = [block.first for block, _ in self._named]

    def find(self, address: str) -> str:
        """The name of the network that holds an address; empty where none does, or it is no IPv4 address."""
        try:
            number = int(ipaddress.IPv4Address(address))
        except ValueError:
            return ""
        behind = self._named[: bisect_right(self._firsts, number)]
        holding = [(block.size, name) for block, name in behind if block.last >= number]
        return min(holding)[1] if holding else ""

    def write(self, address: str) -> str:
        """An address with its name behind it: a network's, `10.1.0.9 (vpc-b)`, or `127.0.0.1 (loopback)`."""
        name = self.find(address) or _SPECIAL.find(address)
        return f"{address} ({name})" if name else address


NO_LABELS = Labels({})
_SPECIAL = Labels(list_special())
