"""The folder where the engines leave the results of finished scans."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError


class ResultFolder:
    """Results in `path`, and what a killed process left half written there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sweep(self, before: datetime) -> None:
        """Delete what was last written before a time. Raises StoreError."""
        try:
            for entry in self._path.iterdir() if self._path.exists() else ():
                if entry.stat().st_mtime < before.timestamp():
                    _delete(entry)
        except OSError as error:
            raise StoreError(
                f"Old results in {self._path} could not be deleted: {error.strerror}."
            ) from error


def _delete(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)
