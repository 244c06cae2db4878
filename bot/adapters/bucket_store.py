"""Registered blocks where the bucket of expansions is the registry, and the store only names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.domain.cidr import Block
from bot.services.ports import BlockStore


class BucketBlockStore:
    """The store's blocks, and with them every block whose expansion lies in the bucket, whoever put it there.

    So a registry that the published Lambda has filled is listed, asked about and removed from as if the bot
    had written it.
    """

    def __init__(self, store: BlockStore, find_blocks: Callable[[], Sequence[Block]]) -> None:
        self._store = store
        self._find_blocks = find_blocks

    def list_blocks(self) -> list[Block]:
        """Every registered block, sorted."""
        return sorted({*self._store.list_blocks(), *self._find_blocks()})

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        """Every network's blocks, sorted, by the network's name."""
        return self._store.list_networks()

    def add(self, block: Block, name: str = "") -> bool:
        """Register a block; False where the store knew it so already."""
        return self._store.add(block, name)

    def remove(self, blocks: Iterable[Block]) -> None:
        """Forget the blocks; their expansions are the registry's to remove."""
        self._store.remove(blocks)

    def remove_network(self, name: str) -> None:
        """Forget the network's name; its blocks stay registered."""
        self._store.remove_network(name)
