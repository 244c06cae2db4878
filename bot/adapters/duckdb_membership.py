"""How the embedded engine tells whether an address lies in a block: by `cidrtable`, or by the address's text.

Loading the 16.7 million addresses of a /8 takes longer than reading most logs, and looking one up among them
takes longer than reading its text. Up to a /16 it is the other way round. The answer is the same: only an
address that is written as an expansion writes it, without leading zeros, lies in a block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.cidr import Block

_LONGEST_READ = 15
"""The longest prefix, and so the smallest block, whose addresses are told by their text."""

_MEMBERSHIP = re.compile(r"(\w+) IN \(SELECT ip FROM cidrtable WHERE cidr IN \(([^()]*)\)\)")
_ANY_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_OCTET_BITS = 8


def choose_membership(statement: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """The statement with its large blocks told by text, and the blocks that `cidrtable` must still hold.

    `statement` is one that the binder wrote for these blocks.
    """
    read = {f"'{block}'": block for block in blocks if block.prefix <= _LONGEST_READ}
    listed = sorted({block for block in blocks if block.prefix > _LONGEST_READ})
    return _MEMBERSHIP.sub(lambda match: _write(match[1], match[2].split(", "), read), statement), listed


def _write(column: str, literals: Sequence[str], read: dict[str, Block]) -> str:
    conditions = [write_text_condition(column, read[literal]) for literal in literals if literal in read]
    if listed := ", ".join(literal for literal in literals if literal not in read):
        in_them = f"SELECT ip FROM cidrtable WHERE cidr IN ({listed})"  # noqa: S608 - the binder's own literals
        conditions.append(f"{column} IN ({in_them})")
    return f"({' OR '.join(conditions)})"


def write_text_condition(column: str, block: Block) -> str:
    """The condition that an address's text lies in a block of whole or half first octets, up to a /15."""
    matches = f"regexp_full_match({column}, '{write_pattern(block)}')"
    if block.prefix < _OCTET_BITS:
        return matches
    # Most addresses differ in their first octet, and comparing that costs next to nothing.
    return f"(starts_with({column}, '{write_beginning(block, 1)}') AND {matches})"


def write_beginning(block: Block, octets: int) -> str:
    """What each address of a block begins with: its whole octets, so many of them at most."""
    whole = min(octets, block.prefix // _OCTET_BITS)
    return "".join(f"{block.first >> shift & 255}." for shift in (24, 16, 8)[:whole])


def write_pattern(block: Block) -> str:
    """The regular expression of the addresses of a block, each of them whole."""
    ranges = [(block.first >> shift & 255, block.last >> shift & 255) for shift in (24, 16, 8, 0)]
    return "[.]".join(_write_octet(first, last) for first, last in ranges)


def _write_octet(first: int, last: int) -> str:
    if (first, last) == (0, 255):
        return _ANY_OCTET
    return f"(?:{'|'.join(str(octet) for octet in range(first, last + 1))})"
