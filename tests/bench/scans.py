"""Whole answers over generated logs: first and again, on text and Parquet, few files and many, growing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.bench.generator import LAST_DAY, Shape, write_logs
from tests.bench.measuring import Taken, ask, run, script, shell, take_middle
from tests.bench.rivals import QUESTION
from tests.bench.table import Row, compare

_PUBLISHED = "the published statement on DuckDB"
_BARE = "DuckDB's count and sum of bytes"


def measure_text(folder: Path, shape: Shape, times: int) -> Iterator[Row]:
    """The first answer against decompressing alone, the published statement, and a bare scan; and the second."""
    logs = write_logs(folder, shape)
    unpack = _unpack(logs)
    firsts, seconds, unpacked, published, bare = [], [], [], [], []
    for _ in range(times):
        unpacked.append(run(unpack))
        firsts.append(ask_first(folder, logs))
        seconds.append(run(ask(logs, folder / "state", QUESTION, str(LAST_DAY))))
        published.append(run(script("published_scan", logs, "10.1.0.0/16")))
        bare.append(run(script("bare_scan", logs)))
    first, second = take_middle(firsts), take_middle(seconds)
    what = describe(shape)
    yield compare(f"first answer, {what}", first.seconds, take_middle(unpacked).seconds, "gzip -dc", "<= 2")
    yield compare(f"second answer, {what}", second.seconds, first.seconds, "the first", "<= 0.2")
    for other, runs, target in ((_PUBLISHED, published, "<= 0.4"), (_BARE, bare, "< 1")):
        yield compare(f"first answer, {what}", first.seconds, take_middle(runs).seconds, other, target)


def measure_millions(folder: Path, shape: Shape, times: int) -> Iterator[Row]:
    """The first answer to a question that nearly every record matches, in very many conversations."""
    shape = replace(shape, conversations=shape.records // 5)
    logs = write_logs(folder, shape)
    unpack = _unpack(logs)
    unpacked, firsts = [], []
    for _ in range(times):
        unpacked.append(run(unpack))
        firsts.append(ask_first(folder, logs, "peering 10.0.0.0/16 days=10"))
    first = take_middle(firsts)
    found = json.loads(first.output)["totals"]["conversations"]
    what = f"first answer, {found:,} conversations match, {describe(shape)}"
    yield compare(what, first.seconds, take_middle(unpacked).seconds, "gzip -dc", "<= 3.5 for millions")


def measure_known_days(folder: Path, shape: Shape) -> Iterator[Row]:
    """Ten days of which nine were read before, against ten that nobody read."""
    logs = write_logs(folder, shape)
    first = ask_first(folder, logs)
    ask_first(
        folder, logs, QUESTION.replace("days=10", f"from={shape.list_days()[0]} to={shape.list_days()[-2]}")
    )
    then = run(ask(logs, folder / "state", QUESTION, str(LAST_DAY)))
    yield compare(
        f"nine of ten days known, {describe(shape)}",
        then.seconds,
        first.seconds,
        "none known",
        "one day of text is read",
    )


def measure_parquet(folder: Path, shape: Shape, times: int) -> Iterator[Row]:
    """Whole answers, the first and the second, against the published statement on the same Parquet files."""
    logs = write_logs(folder, replace(shape, file_format="parquet"))
    firsts, seconds, published = [], [], []
    for _ in range(times):
        published.append(run(script("published_scan", logs, "10.1.0.0/16")))
        firsts.append(ask_first(folder, logs))
        seconds.append(run(ask(logs, folder / "state", QUESTION, str(LAST_DAY))))
    theirs = take_middle(published).seconds
    for which, taken in (("first", firsts), ("second", seconds)):
        ours = take_middle(taken).seconds
        yield compare(f"{which} answer, Parquet", ours, theirs, _PUBLISHED, "<= 0.33")


def measure_growth(folder: Path, shapes: list[Shape]) -> Iterator[Row]:
    """Time and memory of first answers, each size against the one before."""
    before: Taken | None = None
    for shape in shapes:
        logs = write_logs(folder, shape)
        taken = ask_first(folder, logs)
        what, figure = (
            f"first answer: memory, {describe(shape)}",
            f"{taken.peak_mb:.0f} MB, {taken.seconds:.2f} s",
        )
        ratio = f"{taken.peak_mb / before.peak_mb:.2f}" if before else ""
        yield Row(what, figure, "the size before" if before else "", ratio)
        before = taken


def _unpack(logs: Path) -> list[str]:
    """Unpack everything on all cores, and few enough files at once to keep all of them busy."""
    return shell(f"find {logs} -name '*.gz' | xargs -P {os.cpu_count()} -n 10 gzip -dc > /dev/null")


def ask_first(folder: Path, logs: Path, line: str = QUESTION) -> Taken:
    """Ask as if nothing had been asked before."""
    shutil.rmtree(folder / "state", ignore_errors=True)
    return run(ask(logs, folder / "state", line, str(LAST_DAY)))


def describe(shape: Shape) -> str:
    """A set of logs in a few words."""
    files = shape.days * shape.files_per_day
    return f"{shape.file_format}, {shape.records / 1e6:g}M records, {files} files"
