"""How the embedded engine tells whether an address lies in a block: by the number that it stands for.

The published solution looks it up among all addresses of the block, which `cidrtable` holds. To load them and
to look there takes longer, whatever the block's size. The answer is the same: only an address that is written
as an expansion writes it, without leading zeros, has a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.adapters.flowlog_numbers import ADDRESS_NUMBERS
from bot.domain.cidr import Block

_MEMBERSHIP = re.compile(r"(\w+) IN \(SELECT ip FROM cidrtable WHERE cidr IN \(([^()]*)\)\)")


def tell_by_numbers(statement: str, blocks: Sequence[Block]) -> str:
    """The statement with every membership told by its address's number, which stands in a column of its own.

    `statement` is one that the binder wrote for these blocks.
    """
    named = {f"'{block}'": block for block in blocks}
    return _MEMBERSHIP.sub(
        lambda match: _write(match[1], [named[literal] for literal in match[2].split(", ")]), statement
    )


def _write(address: str, blocks: Sequence[Block]) -> str:
    """Of an address that is missing nothing is known; one without a number lies in no block."""
    number = ADDRESS_NUMBERS[address]
    within = " OR ".join(f"{number} BETWEEN {block.first} AND {block.last}" for block in blocks)
    return f"(CASE WHEN {number} IS NOT NULL THEN {within} WHEN {address} IS NOT NULL THEN FALSE END)"
