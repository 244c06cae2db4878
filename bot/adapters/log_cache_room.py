"""The room that copies of log files may take, and which of them go when it is used up."""

from __future__ import annotations

import os
import shutil
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.log_cache_file import COPY_SUFFIX, HALF_SUFFIX

_ABANDONED_S = 86_400.0
_FREE_SHARE = 0.5
"""How much of the free disk copies may take: results and whatever else lies there need some, too."""


class Room:
    """At most `limit_bytes` of copies in a folder, as one scan that begins at `now` sees it.

    What was not used for longest goes first, but nothing that was used since the scan began: a window too
    large for the room keeps the copies of its first files. Several threads may ask at once. Raises OSError.
    """

    def __init__(self, folder: Path, limit_bytes: int, now: float) -> None:
        self.is_full = False
        self._since = now
        self._lock = threading.Lock()
        entries = sorted(_list_copies(folder, now), key=lambda entry: entry.stat().st_mtime)
        self._used = sum(entry.stat().st_size for entry in entries)
        self._oldest = deque(entries)
        self._limit = min(limit_bytes, self._used + int(shutil.disk_usage(folder).free * _FREE_SHARE))
        self.take(0)  # another process may have filled it, or the limit be lower than it was

    def take(self, size: int) -> bool:
        """Make room for a copy of so many bytes; False, now and ever after, where none can be made."""
        with self._lock:
            while self._used + size > self._limit and self._oldest:
                self._delete(self._oldest.popleft())
            self.is_full = self.is_full or self._used + size > self._limit
            self._used += 0 if self.is_full else size
            return not self.is_full

    def _delete(self, entry: os.DirEntry[str]) -> None:
        path = Path(entry.path)
        try:
            if path.stat().st_mtime < self._since:
                path.unlink()
                self._used -= entry.stat().st_size
        except FileNotFoundError:  # another process was first
            self._used -= entry.stat().st_size
        except OSError:  # it stays, and counts
            return


def _list_copies(folder: Path, now: float) -> Iterator[os.DirEntry[str]]:
    """The copies in the folder; halves that a killed process left are removed on the way."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                modified = entry.stat().st_mtime
            except FileNotFoundError:
                continue
            if entry.name.endswith(COPY_SUFFIX):
                yield entry
            elif entry.name.endswith(HALF_SUFFIX) and modified < now - _ABANDONED_S:
                Path(entry.path).unlink(missing_ok=True)
