"""That one process alone works on a data folder."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from bot.errors import StoreError


class ProcessLock:
    """A lock on the file `path`, which the system gives back when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock. Raises StoreError where another process has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("w", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{self._path} could not be written: {error.strerror}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StoreError(
                f"Another vpccidr works on {self._path.parent}; several need a PostgreSQL store "
                "(VPCCIDR_STORE_URL)."
            ) from error
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
