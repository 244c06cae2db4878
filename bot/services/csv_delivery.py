"""The CSV of a run, from a file on disk to one file in the thread."""

from __future__ import annotations

import gzip
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot.domain.run import Run, Upload
from bot.errors import SlackError
from bot.services.ports import Chat, RunStore

_log = logging.getLogger(__name__)
_TOO_LARGE = "file_upload_size_restricted"
_LOST = "file_not_found"


class CsvDelivery:
    """Sends the bytes first, which nobody sees, and shares the file when they have arrived."""

    def __init__(self, store: RunStore, chat: Chat) -> None:
        self._store = store
        self._chat = chat

    def deliver(self, run: Run, name: str, comment: str, write: Callable[[TextIO], None]) -> Run:
        """Write a file and put it into the run's thread. Raises SlackError, OSError."""
        with tempfile.TemporaryDirectory(prefix="vpccidr-") as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as file:
                write(file)
            run = self._send(run, path, comment)
        run = self.share(run)
        if run.upload is None:
            raise SlackError(_LOST, "Slack has lost the file.")
        return run

    def share(self, run: Run) -> Run:
        """Share the file that was sent, unless it is shared already; `upload` is None where it was lost."""
        upload, channel = run.upload, run.asked.channel
        if upload is None or self._chat.is_shared(upload.file_id, channel):
            return run
        try:
            self._chat.share_file(upload.file_id, upload.name, channel, run.thread_ts, upload.comment)
        except SlackError as error:
            if error.code != _LOST:
                raise
            _log.warning("the file %s is lost", upload.file_id)
            run = replace(run, upload=None)
            self._store.save(run)
        return run

    def _send(self, run: Run, path: Path, comment: str) -> Run:
        file_id, name = send_file(self._chat, path)
        run = replace(run, upload=Upload(file_id, name, comment))
        self._store.save(run)
        return run


def send_file(chat: Chat, path: Path) -> tuple[str, str]:
    """Send a file's bytes, compressed where Slack finds them too many, and return its id and its name."""
    try:
        reservation = chat.reserve_file(path.name, path.stat().st_size)
    except SlackError as error:
        if error.code != _TOO_LARGE or path.suffix == ".gz":
            raise
        return send_file(chat, _compress(path))
    chat.send_file(reservation, path)
    return reservation.file_id, path.name


def _compress(path: Path) -> Path:
    """The file in gzip, beside it."""
    small = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(small, "wb") as target:
        shutil.copyfileobj(source, target)
    return small
