"""Expansions kept in a folder, one CSV a block, as the bucket of `cidrtable` keeps them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bot.domain.cidr import Block, count_expansion_bytes, expand
from bot.errors import StoreError


class ExpansionFolder:
    """The expansions in `folder`, which is made when the first one is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, block: Block) -> None:
        """Write the block's expansion; it appears only when it is whole. Raises StoreError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(block, self._folder / block.expansion_name)
        except OSError as error:
            raise StoreError(f"{block} could not be expanded to {self._folder}: {error.strerror}.") from error

    def has(self, block: Block) -> bool:
        """Whether the block's expansion is there and whole. Raises StoreError where that cannot be seen."""
        try:
            return _is_whole(block, self._folder / block.expansion_name)
        except OSError as error:
            raise StoreError(f"The expansion of {block} could not be read: {error.strerror}.") from error

    def remove(self, block: Block) -> None:
        """Remove the block's expansion; nothing happens where there is none. Raises StoreError."""
        try:
            (self._folder / block.expansion_name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"The expansion of {block} could not be removed: {error.strerror}.") from error


def _is_whole(block: Block, path: Path) -> bool:
    """Whether a file holds the block's expansion, each byte of it: one address less could hide traffic."""
    try:
        with path.open("rb", buffering=2**20) as file:
            if os.fstat(file.fileno()).st_size != count_expansion_bytes(block):
                return False
            return all(file.read(len(piece)) == piece for piece in expand(block))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False


def write_whole(block: Block, path: Path) -> None:
    """Write the block's expansion to `path`, through a file beside it that takes its name at the end."""
    descriptor, half = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb", buffering=2**20) as file:
            for piece in expand(block):
                file.write(piece)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
