"""The registered blocks and networks, in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, select

from bot.adapters.database import Database, insert_new
from bot.domain.cidr import Block

_METADATA = MetaData()
_BLOCKS = Table(
    "blocks",
    _METADATA,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("prefix", Integer, primary_key=True, autoincrement=False),
)
_NETWORKS = Table(
    "network_blocks",
    _METADATA,
    Column("name", String(63), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("prefix", Integer, primary_key=True, autoincrement=False),
)


class SqlBlockStore:
    """The registered blocks and networks. Several processes may share them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_blocks(self) -> list[Block]:
        """Every registered block, sorted."""
        with self._database.begin() as connection:
            return sorted(Block(*row) for row in connection.execute(select(_BLOCKS)))

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        """Every network's blocks, sorted, by the network's name."""
        networks: dict[str, list[Block]] = defaultdict(list)
        with self._database.begin() as connection:
            for name, first, prefix in connection.execute(select(_NETWORKS)):
                networks[name].append(Block(first, prefix))
        return {name: tuple(sorted(networks[name])) for name in sorted(networks)}

    def add(self, block: Block, name: str = "") -> bool:
        """Register a block, and add it to a network where one is named; False where both were so already."""
        row = {"first": block.first, "prefix": block.prefix}
        with self._database.begin() as connection:
            changed = insert_new(connection, _BLOCKS, row)
            if name:
                changed = insert_new(connection, _NETWORKS, row | {"name": name}) or changed
        return changed

    def remove(self, blocks: Iterable[Block]) -> None:
        """Forget the blocks; a network that has none left is forgotten too."""
        with self._database.begin() as connection:
            for block in blocks:
                for table in (_BLOCKS, _NETWORKS):
                    same = (table.c.first == block.first) & (table.c.prefix == block.prefix)
                    connection.execute(delete(table).where(same))

    def remove_network(self, name: str) -> None:
        """Forget the network's name; its blocks stay registered."""
        with self._database.begin() as connection:
            connection.execute(delete(_NETWORKS).where(_NETWORKS.c.name == name))
