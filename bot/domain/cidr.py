"""Blocks of IPv4 addresses: parsing, naming and expanding them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.paste import quote
from bot.errors import RequestError

DEFAULT_LARGEST_PREFIX = 8

_TAILS = tuple(b"%d\n" % octet for octet in range(256))
_LINES_OF_A_LENGTH = ((10, 2), (90, 3), (156, 4))
"""How many of these, one after the other, have so many bytes."""


@dataclass(frozen=True, order=True)
class Block:
    """A canonical IPv4 CIDR: `first` address as an integer, `prefix` length in bits.

    Sorts by address, the larger block first among those that begin alike.
    """

    first: int
    prefix: int

    def __str__(self) -> str:
        return f"{ipaddress.IPv4Address(self.first)}/{self.prefix}"

    @property
    def size(self) -> int:
        """How many addresses the block has."""
        return int(2 ** (32 - self.prefix))

    @property
    def last(self) -> int:
        """The block's last address as an integer."""
        return self.first + self.size - 1

    @property
    def expansion_name(self) -> str:
        """The name of the block's expansion: `10_1_0_0_16.csv` for 10.1.0.0/16."""
        return str(self).replace(".", "_").replace("/", "_") + ".csv"

    def overlaps(self, other: Block) -> bool:
        """Whether the two blocks share an address."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, other: Block) -> bool:
        """Whether every address of `other` lies in this block."""
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True)
class ParsedBlock:
    """A block, and the text it was typed as where host bits had to be cleared (else empty)."""

    block: Block
    typed: str = ""


def parse_block(text: str, largest_prefix: int = DEFAULT_LARGEST_PREFIX) -> ParsedBlock:
    """Parse a CIDR, or one address as a /32; host bits are cleared.

    `largest_prefix` is the shortest prefix length taken: 8 refuses a /7. Raises RequestError.
    """
    example = f"add 10.1.0.0/{max(16, largest_prefix)}"
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise RequestError(
            f"{quote(text)} is not a CIDR block: write four numbers from 0 to 255 and a length from "
            f"{largest_prefix} to 32.",
            example,
        ) from None
    if isinstance(network, ipaddress.IPv6Network):
        raise RequestError(
            f"{quote(text)} is an IPv6 block, and only IPv4 blocks can be asked about so far.", example
        )
    block = Block(int(network.network_address), network.prefixlen)
    _refuse_large(block, largest_prefix)
    return ParsedBlock(block, "" if _is_canonical(text, block) else text)


def _refuse_large(block: Block, largest_prefix: int) -> None:
    if block.prefix == 0:
        raise RequestError(
            "0.0.0.0/0 is every address there is: name the block you mean.",
            f"add 10.1.0.0/{max(16, largest_prefix)}",
        )
    if block.prefix < largest_prefix:
        raise RequestError(
            f"{block} has {block.size:,} addresses, and the largest block taken is a /{largest_prefix}: "
            "split it, or name a smaller one.",
            f"add {Block(block.first, largest_prefix)}",
        )


def _is_canonical(text: str, block: Block) -> bool:
    return text.split("/", maxsplit=1)[0] == str(block).split("/", maxsplit=1)[0]


def find_overlaps(block: Block, registered: Iterable[Block]) -> tuple[Block, ...]:
    """The registered blocks, other than `block` itself, that share an address with it, sorted."""
    return tuple(sorted(other for other in registered if other != block and other.overlaps(block)))


def expand(block: Block) -> Iterator[bytes]:
    """Every address of the block as `cidr,ip` lines of text, in pieces of up to 256 lines.

    Constant memory whatever the block's size. There is no header line: the table over these files has
    none, and the published Lambda writes none.
    """
    head = f"{block},".encode()
    tails = _TAILS[block.first & 255 : (block.last & 255) + 1]
    text, places = bytearray(), _find_last_digits(0)
    for first in range(block.first, block.last + 1, 256):
        third = first >> 8 & 255
        digit = third % 10
        if digit and text:  # all that differs from the piece before is one digit of each line
            for lines, place in places:
                text[place] = b"%d" % digit * lines
        else:
            lead = head + b"%d.%d.%d." % (first >> 24, first >> 16 & 255, third)
            text = bytearray(lead + lead.join(tails))
            places = _find_last_digits(len(lead))
        yield bytes(text)


def _find_last_digits(lead: int) -> list[tuple[int, slice]]:
    """Where the last digit of each line's `lead` bytes stands: of each length, how many lines and a slice."""
    found, begin = [], 0
    for lines, tail in _LINES_OF_A_LENGTH:
        end = begin + lines * (lead + tail)
        found.append((lines, slice(begin + lead - len("0."), end, lead + tail)))
        begin = end
    return found


def count_expansion_bytes(block: Block) -> int:
    """The exact size of the block's expansion, in bytes: a file of any other size is not whole."""
    digits = sum(_count_digits(block, shift) for shift in (0, 8, 16, 24))
    return digits + block.size * (len(str(block)) + len(",...\n"))


def _count_digits(block: Block, shift: int) -> int:
    """How many characters the octet at `shift` takes over all of the block's addresses."""
    each = max(1, min(block.size, 1 << shift))
    values = range(block.first >> shift, (block.last >> shift) + 1)
    if len(values) >= 256:  # noqa: PLR2004 - every value of an octet, equally often
        return len(values) // 256 * sum(len(str(octet)) for octet in range(256)) * each
    return sum(len(str(value & 255)) for value in values) * each
