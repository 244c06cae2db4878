"""Whose an address is: the registered network that holds it, or what it means everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.domain.cidr import Block
from bot.domain.prefixes import NamedPrefixes
from bot.domain.special import SPECIAL

_LONGEST = 30
"""How many characters of a name a table's cell shows."""


class Labels:
    """The names of addresses; of several blocks that hold an address the smallest counts."""

    def __init__(
        self, networks: Mapping[str, tuple[Block, ...]], services: Mapping[str, str] | None = None
    ) -> None:
        self._names = networks
        self._networks = NamedPrefixes(
            (str(block), name) for name, blocks in networks.items() for block in blocks
        )
        self._services = services or {}

    def with_services(self, services: Mapping[str, str]) -> Labels:
        """The same names, and those of AWS services for addresses that no network holds."""
        return Labels(self._names, services) if services else self

    def find(self, place: str) -> str:
        """The name of the network that holds an address, or all of a block; empty where none does."""
        return self._networks.find(place)

    def write(self, place: str) -> str:
        """An address or a block with its name behind it.

        A network's, `10.1.0.9 (vpc-b)`, an AWS service's, `52.95.110.1 (S3)`, or what it means everywhere,
        `127.0.0.1 (loopback)`.
        """
        return _write(place, self._find_any(place))

    def write_briefly(self, place: str) -> str:
        """The same for a table's cell: a long name without its middle."""
        return _write(place, _shorten(self._find_any(place)))

    def _find_any(self, place: str) -> str:
        return self.find(place) or self._services.get(place) or _load_special().find(place)


NO_LABELS = Labels({})


def _write(place: str, name: str) -> str:
    return f"{place} ({name})" if name else place


def _shorten(name: str) -> str:
    """Names that differ often do so at their ends."""
    if len(name) <= _LONGEST:
        return name
    head = _LONGEST // 2
    return f"{name[:head]}…{name[head + 1 - _LONGEST :]}"


@cache
def _load_special() -> NamedPrefixes:
    return NamedPrefixes(SPECIAL)
