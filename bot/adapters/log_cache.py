"""Copies of log files in columns, so that what was read once is not unpacked and parsed again.

A copy holds the records of one version of a bundle: of one file, or of several small ones. It is found only
by each file's place, size and time of its last writing, and on a local disk also by what changes with every
writing. It appears under its name only when it is whole, carries a checksum, and is passed over where
anything about it is not right; so copies may be deleted at any time, and several processes may share a
folder. Of a file that was written just now, that changed while it was read, or that could not be read wholly,
no copy is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyarrow import fs

from bot.adapters.flowlog_bundles import Bundle
from bot.adapters.flowlog_layout import LogFile
from bot.adapters.log_cache_file import COPY_SUFFIX, HalfCopy, read_copy
from bot.adapters.log_cache_room import Room

_log = logging.getLogger(__name__)

_SETTLED_S = 60.0
"""How long ago a file was last written for a copy to be kept: clocks differ, and times are coarse."""


class Copy(Protocol):
    """A copy while it is written."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the next records."""

    def keep(self) -> None:
        """All was read wholly: let the copy be found from the end of the reading on."""


@dataclass(frozen=True)
class Place:
    """Where the copy of a bundle lies, or will lie.

    `copy` gives the records of the files as they are now, and is None where there is no copy of these. What
    `write` gives is to be filled while the files are read, and must have been asked for before that.
    """

    copy: Iterator[pa.RecordBatch] | None
    write: Callable[[], AbstractContextManager[Copy]]


class Copies(Protocol):
    """The copies that one scan may use; several threads may ask at once."""

    def look(self, bundle: Bundle) -> Place:
        """Look for the copy of a bundle."""


class _NoCopy:
    def add(self, batch: pa.RecordBatch) -> None:
        """Nothing is kept."""

    def keep(self) -> None:
        """Nothing is kept."""


class _NoCopies:
    def look(self, _: Bundle) -> Place:
        """There is none."""
        return _NO_PLACE


_NO_COPY = _NoCopy()
_NO_PLACE = Place(None, lambda: contextlib.nullcontext(_NO_COPY))
NO_COPIES: Copies = _NoCopies()


class LogCache:
    """The copies in `folder`, of at most `limit_bytes` together; no copies at all where that is 0."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def open(self, system: fs.FileSystem, location: str, now: float) -> Copies:
        """The copies for a scan of `location` that begins at `now`, in seconds since 1970."""
        if not self._limit_bytes:
            return NO_COPIES
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            room = Room(self._folder, self._limit_bytes, now)
        except OSError as error:  # without copies, everything is only slower
            _log.warning("No copies of log files can be kept: %s", error)
            return NO_COPIES
        return _ScanCopies(self._folder, system, location, room, now)


class _ScanCopies:
    def __init__(self, folder: Path, system: fs.FileSystem, location: str, room: Room, now: float) -> None:
        self._folder = folder
        self._system = system
        self._is_local = isinstance(system, fs.LocalFileSystem)
        self._location = location
        self._room = room
        self._settled_ns = (now - _SETTLED_S) * 1e9

    def look(self, bundle: Bundle) -> Place:
        """Look for the copy of a bundle."""
        version = self._identify(bundle)
        if not version:
            return _NO_PLACE
        path = self._folder / (sha256(version.encode()).hexdigest() + COPY_SUFFIX)
        batches = read_copy(path, version)
        if batches is not None:
            with contextlib.suppress(OSError):  # so that what is used is deleted last
                os.utime(path)
        return Place(batches, partial(self._write, bundle, version, path))

    @contextlib.contextmanager
    def _write(self, bundle: Bundle, version: str, path: Path) -> Iterator[Copy]:
        """A copy to fill; it is kept if the files are still the same afterwards."""
        if self._room.is_full:
            yield _NO_COPY
            return
        with HalfCopy(self._folder, version) as copy:
            yield copy
            if copy.finish() and self._identify_afresh(bundle) == version and self._room.take(copy.size):
                copy.publish(path)

    def _identify(self, bundle: Bundle) -> str:
        """The version of the files that are there now; empty where any of them may be changing."""
        identify = self._identify_local if self._is_local else self._identify_listed
        versions = [identify(file) for file in bundle]
        return "\n".join(versions) if all(versions) else ""

    def _identify_listed(self, file: LogFile) -> str:
        if not 0 < file.modified_ns < self._settled_ns:
            return ""
        return f"{self._location} {file.path} {file.size} {file.modified_ns}"

    def _identify_local(self, file: LogFile) -> str:
        """A local file's version, by what no writer can put back: its inode and that one's last change."""
        try:
            state = os.stat(file.path)  # noqa: PTH116 - of many small files, a Path takes longer than the look
        except OSError:
            return ""
        if state.st_mtime_ns >= self._settled_ns:
            return ""
        times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
        path = os.path.abspath(file.path)  # noqa: PTH100 - the same
        return f"{path} {state.st_dev} {state.st_ino} {state.st_size} {times}"

    def _identify_afresh(self, bundle: Bundle) -> str:
        """The version after the reading: a store that lists is asked once more."""
        return self._identify(bundle if self._is_local else tuple(map(self._look_again, bundle)))

    def _look_again(self, file: LogFile) -> LogFile:
        try:
            info = self._system.get_file_info(file.path)
        except OSError:
            return replace(file, modified_ns=0)
        return replace(file, size=info.size or 0, modified_ns=info.mtime_ns or 0)
