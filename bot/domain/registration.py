"""What registering and removing blocks did."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.cidr import Block, ParsedBlock


@dataclass(frozen=True)
class Added:
    """What adding a block did: `is_new` is False where nothing changed."""

    parsed: ParsedBlock
    name: str
    is_new: bool
    overlaps: tuple[Block, ...]

    @property
    def block(self) -> Block:
        """The block in its canonical form."""
        return self.parsed.block


@dataclass(frozen=True)
class Removed:
    """What was removed: the blocks, and the network's name where one was named."""

    blocks: tuple[Block, ...]
    name: str = ""


@dataclass(frozen=True)
class Listing:
    """Every registered block, and every network."""

    blocks: tuple[Block, ...]
    networks: dict[str, tuple[Block, ...]]
