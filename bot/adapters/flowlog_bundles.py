"""Many small files of one partition, taken together.

Parsing each by itself, and keeping a copy of it, takes longer than reading its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from zlib import crc32

from bot.adapters.flowlog_layout import LogFile

Bundle = tuple[LogFile, ...]
"""Files of one partition, in order of their paths."""

_SMALL_BYTES = 2**18
_BUNDLE_BYTES = 3 * 2**20
"""Unpacked about ten times as much, which each thread holds at once."""
_FEWEST = 8
_USUAL = 32


def bundle_files(files: Iterable[LogFile]) -> Iterator[Bundle]:
    """The files in their order, the small ones of a partition bundled where there are many, the others alone.

    Where a bundle ends is told by the names of its files: one that comes late changes its own bundle, and not
    all that follow.
    """
    for _, partition in groupby(files, key=lambda file: (file.aws_account_id, file.aws_region, file.day)):
        held: list[LogFile] = []
        for file in partition:
            if held and not _takes(held, file):
                yield from _close(held)
                held = []
            held.append(file)
        yield from _close(held)


def _takes(held: list[LogFile], file: LogFile) -> bool:
    """Whether a file goes with those before it."""
    is_small = all(each.size <= _SMALL_BYTES and _may_be_text(each) for each in (held[-1], file))
    is_open = crc32(held[-1].path.encode()) % _USUAL != 0
    return is_small and is_open and sum(each.size for each in held) + file.size <= _BUNDLE_BYTES


def _may_be_text(file: LogFile) -> bool:
    return file.day is not None and not file.path.endswith(".parquet")


def _close(held: list[LogFile]) -> Iterator[Bundle]:
    """A bundle of a few would save little, and be read again wholly whenever a file joins it."""
    if len(held) >= _FEWEST:
        yield tuple(held)
    else:
        yield from ((file,) for file in held)
