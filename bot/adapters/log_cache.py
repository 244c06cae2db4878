"""Copies of log files in columns, so that what was read once is not unpacked and parsed again.

A copy holds the records of one version of one file, and is found only by that version: the file's place,
size and time of its last writing, and on a local disk also what changes with every writing. It appears under
its name only when it is whole, carries a checksum, and is passed over where anything about it is not right;
so copies may be deleted at any time, and several processes may share a folder. Of a file that was written
just now, that changed while it was read, or that could not be read wholly, no copy is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyarrow import fs

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
        """The file was read wholly: let the copy be found from the end of the reading on."""


class Copies(Protocol):
    """The copies that one scan may use; several threads may ask at once."""

    def find(self, file: LogFile) -> Iterator[pa.RecordBatch] | None:
        """The records of the file as it is now, from its copy; None where there is none."""

    def write(self, file: LogFile) -> AbstractContextManager[Copy]:
        """A copy to fill while the file is read."""


class _NoCopy:
    def add(self, batch: pa.RecordBatch) -> None:
        """Nothing is kept."""

    def keep(self) -> None:
        """Nothing is kept."""


class _NoCopies:
    def find(self, _: LogFile) -> None:
        """There is none."""

    def write(self, _: LogFile) -> AbstractContextManager[Copy]:
        """A copy that nobody keeps."""
        return contextlib.nullcontext(_NO_COPY)


_NO_COPY = _NoCopy()
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
        self._location = location
        self._room = room
        self._settled_ns = (now - _SETTLED_S) * 1e9

    def find(self, file: LogFile) -> Iterator[pa.RecordBatch] | None:
        """The records of the file as it is now, from its copy; None where there is none."""
        version = self._identify(file)
        batches = read_copy(self._place(version), version) if version else None
        if batches is not None:
            with contextlib.suppress(OSError):  # so that what is used is deleted last
                os.utime(self._place(version))
        return batches

    @contextlib.contextmanager
    def write(self, file: LogFile) -> Iterator[Copy]:
        """A copy to fill while the file is read; it is kept if the file is still the same afterwards."""
        version = "" if self._room.is_full else self._identify(file)
        if not version:
            yield _NO_COPY
            return
        with HalfCopy(self._folder, version) as copy:
            yield copy
            if copy.finish() and self._identify_afresh(file) == version and self._room.take(copy.size):
                copy.publish(self._place(version))

    def _place(self, version: str) -> Path:
        return self._folder / (sha256(version.encode()).hexdigest() + COPY_SUFFIX)

    def _identify(self, file: LogFile) -> str:
        """The version of the file that is there now; empty where it may be changing."""
        if isinstance(self._system, fs.LocalFileSystem):
            return self._identify_local(file)
        if not 0 < file.modified_ns < self._settled_ns:
            return ""
        return f"{self._location} {file.path} {file.size} {file.modified_ns}"

    def _identify_local(self, file: LogFile) -> str:
        """A local file's version, by what no writer can put back: its inode and that one's last change."""
        try:
            state = Path(file.path).stat()
        except OSError:
            return ""
        if state.st_mtime_ns >= self._settled_ns:
            return ""
        times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
        return f"{Path(file.path).absolute()} {state.st_dev} {state.st_ino} {state.st_size} {times}"

    def _identify_afresh(self, file: LogFile) -> str:
        """The version after the reading: a store that lists is asked once more."""
        if isinstance(self._system, fs.LocalFileSystem):
            return self._identify_local(file)
        try:
            info = self._system.get_file_info(file.path)
        except OSError:
            return ""
        return self._identify(replace(file, size=info.size or 0, modified_ns=info.mtime_ns or 0))
