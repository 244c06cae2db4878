"""Whose an address is: the registered network that holds it, or what it means everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.domain.cidr import Block
from bot.domain.prefixes import NamedPrefixes
from bot.domain.special import SPECIAL


class Labels:
    """The names of addresses; of several blocks that hold an address the smallest counts."""

    def __init__(self, networks: Mapping[str, tuple[Block, ...]]) -> None:
        self._networks = NamedPrefixes(
            (str(block), name) for name, blocks in networks.items() for block in blocks
        )

    def find(self, place: str) -> str:
        """The name of the network that holds an address, or all of a block; empty where none does."""
        return self._networks.find(place)

    def write(self, place: str) -> str:
        """An address or a block with its name behind it.

        A network's, `10.1.0.9 (vpc-b)`, or what it means everywhere, `127.0.0.1 (loopback)`.
        """
        name = self.find(place) or _load_special().find(place)
        return f"{place} ({name})" if name else place


NO_LABELS = Labels({})


@cache
def _load_special() -> NamedPrefixes:
    return NamedPrefixes(SPECIAL)
