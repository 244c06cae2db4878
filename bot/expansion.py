"""A block's expansion, written where a person wants it: `vpccidr expand`."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.adapters.folder import write_whole
from bot.domain.cidr import expand, parse_block
from bot.errors import StoreError
from bot.settings import Settings


def write_expansion(text: str, settings: Settings, path: Path | None) -> None:
    """Write a block's expansion to a file, or to standard output. Raises VpccidrError."""
    parsed = parse_block(text, settings.largest_prefix)
    if parsed.typed:
        print(f"{parsed.typed} has host bits set, so {parsed.block} is meant.", file=sys.stderr)
    if path is None:
        for piece in expand(parsed.block):
            sys.stdout.buffer.write(piece)
        return
    try:
        write_whole(parsed.block, path)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror}.") from error
