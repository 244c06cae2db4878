"""Whose an address is: the registered network that holds it, what it means everywhere, its host."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import cache

from bot.domain.cidr import Block
from bot.domain.host_name import shorten_middle
from bot.domain.prefixes import NamedPrefixes
from bot.domain.special import SPECIAL

_LONGEST = 30
"""How many characters of a name a table's cell shows."""

_BETWEEN = ": "
_NOTHING_NAMED = NamedPrefixes(())


class Labels:
    """The names of addresses; of several blocks that hold an address the smallest counts.

    `ranges` names public addresses that neither a network nor a special purpose names; `hosts` are the names
    of single addresses, fit to be shown (`clean_host_name`), which stand beside the network's; `services` are
    those of AWS that the logs name, of addresses that no network holds.
    """

    def __init__(
        self,
        networks: Mapping[str, tuple[Block, ...]],
        ranges: NamedPrefixes = _NOTHING_NAMED,
        hosts: Mapping[str, str] | None = None,
        services: Mapping[str, str] | None = None,
    ) -> None:
        self._names = networks
        self._networks = NamedPrefixes(
            (str(block), name) for name, blocks in networks.items() for block in blocks
        )
        self._ranges = ranges
        self._hosts = hosts or {}
        self._services = services or {}

    def with_services(self, services: Mapping[str, str]) -> Labels:
        """The same names, and those of AWS services for addresses that no network holds."""
        return Labels(self._names, self._ranges, self._hosts, services) if services else self

    def find(self, place: str) -> str:
        """The name of the network that holds an address, or all of a block; empty where none does."""
        return self._networks.find(place)

    def write(self, place: str) -> str:
        """An address or a block with its name behind it.

        A network's, `10.1.0.9 (vpc-b)`, with its host's where that is known, `10.1.0.9 (vpc-b: db-primary)`,
        an AWS service's, `52.219.72.1 (S3)`, what it means everywhere, `127.0.0.1 (loopback)`, or whose range
        it is of.
        """
        network, host = self._find_names(place)
        return _write(place, network, host)

    def write_briefly(self, place: str) -> str:
        """The same for a table's cell: long names without their middles."""
        network, host = self._find_names(place)
        if host:  # says more than the network, and has at least half the room
            room = _LONGEST - len(_BETWEEN)
            host = shorten_middle(host, max(room // 2, room - len(network)))
            return _write(place, shorten_middle(network, room - len(host)), host)
        return _write(place, shorten_middle(network, _LONGEST), "")

    def _find_names(self, place: str) -> tuple[str, str]:
        """The names of an address's network and of its host, either of them empty where there is none."""
        near = self.find(place) or self._services.get(place) or _load_special().find(place)
        host = self._hosts.get(place, "")
        return (near or ("" if host else self._find_range(place))), host

    def _find_range(self, place: str) -> str:
        """What its owner calls a public range, whatever else the list of them holds."""
        name = self._ranges.find(place)
        return name if name and ipaddress.ip_network(place).is_global else ""


NO_LABELS = Labels({})


def _write(place: str, network: str, host: str) -> str:
    names = _BETWEEN.join(filter(None, (network, host)))
    return f"{place} ({names})" if names else place


@cache
def _load_special() -> NamedPrefixes:
    return NamedPrefixes(SPECIAL)
