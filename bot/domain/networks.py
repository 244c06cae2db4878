"""Networks instead of addresses: the block that holds an address, or the small block around it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.address import is_address
from bot.domain.cidr import Block
from bot.domain.prefixes import NamedPrefixes
from bot.domain.special import SPECIAL

_AROUND = {4: 24, 6: 64}
"""The prefix length of the block around an address that no known block holds."""

_REMEMBERED = 2**16
_OCTETS = frozenset(map(str, range(256)))


@dataclass(frozen=True, order=True)
class Network:
    """One end of traffic: what it is called, and what is to be known besides (its blocks, whose it is).

    `name` tells networks apart; of a block without a name it is the CIDR.
    """

    name: str
    about: str = ""


NO_NETWORK = Network("no address")
"""What the logs hold where an address should stand."""


class Networks:
    """Finds the network of an address: of several blocks that hold it, the smallest counts.

    `named` are the registered networks' blocks; `blocks` are others that count as they are, with a name or
    without. What none of them holds is its /24, or /64 of IPv6.
    """

    def __init__(self, named: Mapping[str, tuple[Block, ...]], blocks: Iterable[Block] = ()) -> None:
        known = {str(block): name for name in sorted(named, reverse=True) for block in named[name]}
        self._names = known
        self._abouts = {name: _list_blocks(held) for name, held in named.items()}
        cidrs = known.keys() | set(map(str, blocks))
        self._cidrs = NamedPrefixes((cidr, cidr) for cidr in cidrs)
        self._around = NamedPrefixes(known.items())
        self._divided = {
            cidr.rpartition(".")[0] for cidr in cidrs if int(cidr.partition("/")[2]) > _AROUND[4]
        }
        self._find_cached = lru_cache(_REMEMBERED)(self._find)

    def find(self, address: str) -> Network:
        """The network of an address; `NO_NETWORK` of what is none."""
        head, _, tail = address.rpartition(".")
        is_like_its_neighbours = tail in _OCTETS and head not in self._divided
        return self._find_cached(f"{head}.0" if is_like_its_neighbours else address)

    def _find(self, address: str) -> Network:
        if not is_address(address):
            return NO_NETWORK
        cidr = self._cidrs.find(address)
        if name := self._names.get(cidr):
            return Network(name, self._abouts[name])
        if cidr:
            holder = self._around.find(cidr)
            return Network(cidr, f"in {holder}" if holder else "")
        version = ipaddress.ip_address(address).version
        around = str(ipaddress.ip_network(f"{address}/{_AROUND[version]}", strict=False))
        return Network(around, _load_special().find(around) or "in no registered network")


def _list_blocks(blocks: tuple[Block, ...]) -> str:
    more = len(blocks) - 1
    return f"{blocks[0]} and {more:,} more" if more else f"{blocks[0]}"


@lru_cache(1)
def _load_special() -> NamedPrefixes:
    return NamedPrefixes(SPECIAL)
