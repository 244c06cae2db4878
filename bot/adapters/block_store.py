"""The registered blocks and networks, in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from bot.adapters.sqlite_file import Run
from bot.domain.cidr import Block

_LIST_BLOCKS = 'SELECT "first", prefix FROM blocks'
_LIST_NETWORKS = 'SELECT name, "first", prefix FROM network_blocks'
_ADD_BLOCK = 'INSERT INTO blocks ("first", prefix) VALUES (:first, :prefix) ON CONFLICT DO NOTHING'
_ADD_TO_NETWORK = """
INSERT INTO network_blocks (name, "first", prefix) VALUES (:name, :first, :prefix) ON CONFLICT DO NOTHING
"""
_REMOVE_BLOCK = (
    'DELETE FROM blocks WHERE "first" = :first AND prefix = :prefix',
    'DELETE FROM network_blocks WHERE "first" = :first AND prefix = :prefix',
)
_REMOVE_NETWORK = "DELETE FROM network_blocks WHERE name = :name"


class PlainDatabase(Protocol):
    """Where the tables are."""

    def begin_plain(self) -> AbstractContextManager[Run]:
        """A transaction, committed at its end. Raises StoreError."""


class SqlBlockStore:
    """The registered blocks and networks. Several processes may share them."""

    def __init__(self, database: PlainDatabase) -> None:
        self._database = database

    def list_blocks(self) -> list[Block]:
        """Every registered block, sorted."""
        with self._database.begin_plain() as run:
            return sorted(Block(*map(int, row)) for row in run(_LIST_BLOCKS, {}))

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        """Every network's blocks, sorted, by the network's name."""
        networks: dict[str, list[Block]] = defaultdict(list)
        with self._database.begin_plain() as run:
            for name, *block in run(_LIST_NETWORKS, {}):
                networks[str(name)].append(Block(*map(int, block)))
        return {name: tuple(sorted(networks[name])) for name in sorted(networks)}

    def add(self, block: Block, name: str = "") -> bool:
        """Register a block, and add it to a network where one is named; False where both were so already."""
        values = {"first": block.first, "prefix": block.prefix}
        with self._database.begin_plain() as run:
            changed = run(_ADD_BLOCK, values).rowcount > 0
            if name:
                changed = run(_ADD_TO_NETWORK, values | {"name": name}).rowcount > 0 or changed
        return changed

    def remove(self, blocks: Iterable[Block]) -> None:
        """Forget the blocks; a network that has none left is forgotten too."""
        with self._database.begin_plain() as run:
            for block in blocks:
                for statement in _REMOVE_BLOCK:
                    run(statement, {"first": block.first, "prefix": block.prefix})

    def remove_network(self, name: str) -> None:
        """Forget the network's name; its blocks stay registered."""
        with self._database.begin_plain() as run:
            run(_REMOVE_NETWORK, {"name": name})
