"""The CSV of a run and its pictures, from files on disk to one message in the thread."""

from __future__ import annotations

import gzip
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot.domain.run import Run, SentFile, Upload
from bot.errors import SlackError
from bot.services.pictures import Draw
from bot.services.ports import Chat, RunStore

_log = logging.getLogger(__name__)
_TOO_LARGE = "file_upload_size_restricted"
_LOST = "file_not_found"


class CsvDelivery:
    """Sends the bytes first, which nobody sees, and shares the file when they have arrived."""

    def __init__(self, store: RunStore, chat: Chat) -> None:
        self._store = store
        self._chat = chat

    def deliver(
        self,
        run: Run,
        name: str,
        comment: str,
        write: Callable[[TextIO], None],
        list_pictures: Callable[[], Iterable[Draw]],
    ) -> Run:
        """Write a file and put it into the run's thread, with the pictures that there are then.

        Raises SlackError, OSError; a picture that fails is left out.
        """
        with tempfile.TemporaryDirectory(prefix="vpccidr-") as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as file:
                write(file)
            sent = send_file(self._chat, path)
            pictures = send_pictures(self._chat, list_pictures())
        run = self._save(replace(run, upload=Upload(sent.file_id, sent.name, comment, pictures)))
        run = self.share(run)
        if run.upload is None:
            raise SlackError(_LOST, "Slack has lost the file.")
        return run

    def share(self, run: Run) -> Run:
        """Share what was sent, unless it is shared already; `upload` is None where the CSV was lost."""
        upload, channel = run.upload, run.asked.channel
        if upload is None or self._chat.is_shared(upload.file_id, channel):
            return run
        files = (SentFile(upload.file_id, upload.name), *upload.pictures)
        try:
            self._chat.share_files(files, channel, run.thread_ts, upload.comment)
        except SlackError as error:
            if error.is_passing:
                raise
            if upload.pictures:
                _log.warning("the pictures are left out: %s", error)
                return self.share(self._save(replace(run, upload=replace(upload, pictures=()))))
            if error.code != _LOST:
                raise
            _log.warning("the file %s is lost", upload.file_id)
            run = self._save(replace(run, upload=None))
        return run

    def _save(self, run: Run) -> Run:
        self._store.save(run)
        return run


def send_file(chat: Chat, path: Path) -> SentFile:
    """Send a file's bytes, compressed where Slack finds them too many."""
    try:
        reservation = chat.reserve_file(path.name, path.stat().st_size)
    except SlackError as error:
        if error.code != _TOO_LARGE or path.suffix == ".gz":
            raise
        return send_file(chat, _compress(path))
    chat.send_file(reservation, path)
    return SentFile(reservation.file_id, path.name)


def send_pictures(chat: Chat, pictures: Iterable[Draw]) -> tuple[SentFile, ...]:
    """Draw pictures and send their bytes; those that cannot be are left out, and the log says why."""
    return tuple(sent for draw in pictures for sent in _send_picture(chat, draw))


def _send_picture(chat: Chat, draw: Draw) -> list[SentFile]:
    try:
        picture = draw()
        with tempfile.TemporaryDirectory(prefix="vpccidr-") as folder:
            path = Path(folder) / picture.name
            path.write_bytes(picture.png)
            reservation = chat.reserve_file(picture.name, len(picture.png), picture.alt)
            chat.send_file(reservation, path)
    except Exception:  # noqa: BLE001 - whatever it is, the CSV goes without
        _log.exception("a picture is left out")
        return []
    return [SentFile(reservation.file_id, picture.title)]


def _compress(path: Path) -> Path:
    """The file in gzip, beside it."""
    small = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(small, "wb") as target:
        shutil.copyfileobj(source, target)
    return small
