"""Closer looks at answers: from a button's press to a message or a file in the answer's thread."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from bot.domain.message import Message
from bot.domain.run import Run, Scanned
from bot.domain.view import View
from bot.errors import ExpiredError, RequestError, SlackError
from bot.render.csv_file import name_view_csv, write_view
from bot.render.pictures import draw_chart
from bot.render.views import build_view_message, list_addresses
from bot.services.csv_delivery import send_file, send_pictures
from bot.services.names import Names
from bot.services.ports import Chat, Reports, Result, RunStore
from bot.services.views import build_view, list_view_rows

_log = logging.getLogger(__name__)


class Looks:
    """Reads the kept results of finished scans: no engine, no cost.

    Every call raises RequestError, and StoreError.
    """

    def __init__(self, store: RunStore, reports: Reports, chat: Chat, names: Names, max_rows: int) -> None:
        self._store = store
        self._reports = reports
        self._chat = chat
        self._names = names
        self._max_rows = max_rows

    def find(self, run_id: str) -> Run:
        """The answered run that a button is about."""
        for run in self._store.find(run_id):
            if run.id == run_id and run.scanned and run.question:
                return run
        raise RequestError("This answer is no longer kept: ask the question again.", "runs")

    def show(self, run_id: str, view: View, user_id: str) -> None:
        """Post a view into the answer's thread."""
        run = self.find(run_id)
        with self._open(run) as (scanned, result):
            answer = build_view(run.understood, result, view, scanned.problems)
        labels = self._names.read_labels(list_addresses(answer))
        message = build_view_message(answer, run.id, scanned.at, user_id, labels)
        self._chat.post(run.asked.channel, message, run.thread_ts)
        if not self._chat.takes_charts:
            self._share_charts(run, message, name_view_csv(run.understood, view))

    def share_rows(self, run_id: str, view: View) -> None:
        """Put every row of a view into the answer's thread, as a CSV."""
        run = self.find(run_id)
        with self._open(run) as (scanned, result):
            rows = list_view_rows(run.understood, result, view, scanned.problems)
        name = name_view_csv(run.understood, view)
        self._share(run, name, "Every row of this view.", lambda file: write_view(file, rows))

    def share_statement(self, run_id: str) -> None:
        """Put the statement that ran into the answer's thread, ready to be pasted."""
        run = self.find(run_id)
        comment = "The statement that ran, ready for the Athena console."
        self._share(run, f"{run.id}.sql", comment, lambda file: print(run.statement, file=file))

    @contextmanager
    def _open(self, run: Run) -> Iterator[tuple[Scanned, Result]]:
        scanned = run.scanned
        if scanned is None or not Path(scanned.result).is_file():
            raise ExpiredError(run.id, run.asked.line)
        with closing(self._reports.load(Path(scanned.result), run.max_rows or self._max_rows)) as result:
            yield scanned, result

    def _share(self, run: Run, name: str, comment: str, write: Callable[[TextIO], object]) -> None:
        with tempfile.TemporaryDirectory(prefix="vpccidr-") as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as file:
                write(file)
            sent = send_file(self._chat, path)
        self._chat.share_files([sent], run.asked.channel, run.thread_ts, comment)

    def _share_charts(self, run: Run, message: Message, csv_name: str) -> None:
        """Put the charts that the workspace does not show into the thread, as pictures."""
        sent = send_pictures(self._chat, (partial(draw_chart, chart, csv_name) for chart in message.charts))
        if not sent:
            return
        try:
            self._chat.share_files(sent, run.asked.channel, run.thread_ts, "The chart of this view.")
        except SlackError as error:
            _log.warning("the chart of a view is left out: %s", error)
