"""Expanding a block to a file, against copying the finished file and against the published Lambda's way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from timeit import timeit

from bot.domain.cidr import expand, parse_block
from tests.bench.measuring import run_in_turn
from tests.bench.published_expansion import expand_as_published
from tests.bench.table import Row, compare


def measure(folder: Path, times: int) -> Iterator[Row]:
    """Rows for a /24, a /12 and a /8, and the start of a process in them."""
    (empty,) = run_in_turn([_expand("10.0.0.0/32", folder / "one.csv")], times)
    for block in ("10.0.0.0/12", "10.0.0.0/8"):
        yield from _against_copy(block, folder, times, empty.seconds)
    yield _against_published("10.0.0.0/24", times)


def _against_published(text: str, times: int) -> Row:
    """The code that both Lambdas run for a block, without what both load and send."""
    block = parse_block(text).block
    ways = (lambda: b"".join(expand(block)), lambda: expand_as_published(text))
    rounds = [[timeit(way, number=200) / 200 for way in ways] for _ in range(times)]
    ours, theirs = (median(side) for side in zip(*rounds, strict=True))
    return compare("expand a /24, the code alone", ours, theirs, "the published way", "<= 1")


def _against_copy(block: str, folder: Path, times: int, start_s: float) -> Iterator[Row]:
    whole = folder / "whole.csv"
    commands = [_expand(block, whole), ["cp", str(whole), str(folder / "copy.csv")]]
    ours, copy = run_in_turn(commands, times)
    size = block.partition("/")[2]
    yield compare(f"expand a /{size}", ours.seconds, copy.seconds, "cp", "<= 2.5")
    own_s = max(0.0, ours.seconds - start_s)
    yield compare(f"expand a /{size}, without the process's start", own_s, copy.seconds, "cp", "<= 2.5")
    yield Row(f"expand a /{size}: memory", f"{ours.peak_mb:.1f} MB", target="< 20 MB")
    whole.unlink()
    (folder / "copy.csv").unlink()


def _expand(block: str, path: Path) -> list[str]:
    return [sys.executable, "-m", "bot", "expand", block, "-o", str(path)]
