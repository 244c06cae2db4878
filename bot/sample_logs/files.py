"""Sample logs on disk."""

import datetime as dt
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.sample_logs.formats import render_file
from bot.sample_logs.layout import Layout, build_file_pattern, parse_end
from bot.sample_logs.records import Record, build_day_records


@dataclass(frozen=True)
class SampleSummary:
    """What a call wrote, and how many files it found and left alone; `bytes_written` is the size on disk."""

    folder: pathlib.Path
    since: dt.date
    until: dt.date
    files_written: int
    files_kept: int
    records_written: int
    bytes_written: int


@dataclass(frozen=True)
class _FlowLog:
    """The arguments of a call; `now` is a whole minute."""

    folder: pathlib.Path
    today: dt.date
    now: dt.datetime
    seed: int
    layout: Layout
    scale: float


def write_sample_logs(
    folder: pathlib.Path,
    today: dt.date,
    days: int = 14,
    seed: int = 7,
    *,
    now: dt.datetime | None = None,
    layout: Layout | None = None,
    scale: float = 1.0,
) -> SampleSummary:
    """Write the logs of the `days` UTC days that end with `today` to `folder`/AWSLogs/..., as in a bucket.

    The bytes depend on the arguments alone. Files that exist are never rewritten: a later call adds what
    has happened since in further files, as AWS does, so keep to one layout, seed and scale in a folder.
    Every record has ended before `now` (with a timezone; default: the end of `today`). `scale` multiplies
    the number of connections. ValueError for arguments that make no sense; OSError where the disk
    refuses, and then the files that were written are whole and the next call goes on from there.
    """
    if days < 1:
        raise ValueError(f"days must be at least 1, but is {days}")
    log = _FlowLog(folder, today, _choose_now(today, now), seed, layout or Layout(), scale)
    since = today - dt.timedelta(days=days - 1)
    kept, written = 0, []
    for day in (since + dt.timedelta(days=number) for number in range(days)):
        frontiers = _list_frontiers(log, day)
        kept += len(frontiers)
        written += _write_day(log, day, max(frontiers, default=_build_midnight(day)))
    records, sizes = sum(count for count, _ in written), sum(size for _, size in written)
    return SampleSummary(folder, since, today, len(written), kept, records, sizes)


def _build_midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _choose_now(today: dt.date, now: dt.datetime | None) -> dt.datetime:
    if now is None:
        return _build_midnight(today) + dt.timedelta(days=1)
    if now.tzinfo is None:
        raise ValueError("now must have a timezone")
    return now.astimezone(dt.UTC).replace(second=0, microsecond=0)


def _list_frontiers(log: _FlowLog, day: dt.date) -> list[dt.datetime]:
    """List up to when the files that exist reach; files are written in order, so the last one tells all."""
    day_folder = log.folder / log.layout.build_day_folder(day)
    return [parse_end(path.name) for path in day_folder.rglob(build_file_pattern(log.seed))]


def _write_day(log: _FlowLog, day: dt.date, frontier: dt.datetime) -> list[tuple[int, int]]:
    """Write what is missing of a day; returns the records and the bytes of each file."""
    ends = log.layout.list_ends(day, frontier, log.now)
    if not ends:
        return []
    records = build_day_records(day, log.today, log.seed, log.scale)
    return [
        (len(batch), _write_file(log.folder / log.layout.build_path(end, log.seed), _render(log, batch)))
        for end, batch in _cut(records, frontier, ends)
    ]


def _cut(
    records: list[Record], frontier: dt.datetime, ends: list[dt.datetime]
) -> Iterator[tuple[dt.datetime, list[Record]]]:
    """Cut ordered records into those that ended before each of `ends`; an empty file is not written."""
    since = frontier.timestamp()
    for end in ends:
        batch = [record for record in records if since <= record.end < end.timestamp()]
        if batch:
            yield end, batch
            since = end.timestamp()


def _render(log: _FlowLog, records: list[Record]) -> bytes:
    return render_file(records, log.layout.file_format, log.layout.version)


def _write_file(path: pathlib.Path, content: bytes) -> int:
    """Write a file in one step: until it is whole it has a hidden name, which readers pass over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        hidden.write_bytes(content)
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
    return len(content)
