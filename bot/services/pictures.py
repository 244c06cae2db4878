"""The pictures that stand beside a CSV. None of them is worth a CSV or an answer: what fails is left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.answer import Answer
from bot.domain.run import Run, Scanned
from bot.domain.scenario import Scenario
from bot.domain.traffic import TrafficSums
from bot.render.csv_file import name_csv
from bot.render.network_picture import MOST_LINKS
from bot.render.pictures import Picture, draw_chart, draw_networks
from bot.render.talker_chart import build_talker_chart
from bot.services.answers import build_answer
from bot.services.ports import Outcome, Reports
from bot.services.registry import Registry

_log = logging.getLogger(__name__)

Draw = Callable[[], Picture]
"""Makes a picture when it is called; whoever calls it is ready for any error."""


class Gallery:
    """The pictures of one answer, which are made of the rows of its CSV while those pass."""

    def __init__(self, answer: Answer, registry: Registry, *, is_chart_refused: bool) -> None:
        self._answer = answer
        self._has_chart = is_chart_refused
        self._sums: TrafficSums | None = None
        if answer.question.scenario is Scenario.PEERING:
            self._attempt(lambda: self._begin(registry))

    def watch(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """The same rows, seen."""
        for row in rows:
            if self._sums is not None:
                self._attempt(partial(self._sums.add, row))
            yield row

    def list_pictures(self) -> list[Draw]:
        """What there is to be drawn, once all rows have passed."""
        charts = build_talker_chart(self._answer) if self._has_chart else []
        name = name_csv(self._answer.question)
        networks: list[Draw] = [] if self._sums is None else [partial(self._draw_networks, self._sums)]
        return [*networks, *(partial(draw_chart, chart, name) for chart in charts)]

    def _begin(self, registry: Registry) -> None:
        self._sums = TrafficSums(registry.place_networks(self._answer.question.blocks).find)

    def _draw_networks(self, sums: TrafficSums) -> Picture:
        return draw_networks(self._answer, sums.read(MOST_LINKS))

    def _attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except Exception:  # noqa: BLE001 - whatever it is, the CSV goes without
            _log.exception("the networks cannot be drawn")
            self._sums = None


class Galleries:
    """Opens the gallery of an answer while it is delivered, or anew over its kept result."""

    def __init__(self, registry: Registry, reports: Reports, max_rows: int) -> None:
        self._registry = registry
        self._reports = reports
        self._max_rows = max_rows

    def open(self, run: Run, answer: Answer) -> Gallery:
        """The gallery of an answer whose rows are about to pass."""
        return Gallery(answer, self._registry, is_chart_refused=run.is_chart_refused)

    def revisit(self, run: Run) -> list[Draw]:
        """The pictures of an answer whose CSV holds the log's own records."""
        scanned = run.scanned
        if scanned is None or not Path(scanned.result).is_file():
            return []
        try:
            return self._read_again(run, scanned)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("run %s has no pictures", run.id)
            return []

    def _read_again(self, run: Run, scanned: Scanned) -> list[Draw]:
        path = Path(scanned.result)
        with closing(self._reports.load(path, run.max_rows or self._max_rows)) as result:
            outcome = Outcome(path, scanned.cost, scanned.problems)
            answer = build_answer(
                run.understood, outcome, result, statement="", engine="", elapsed_s=0.0, now=scanned.at
            )
            if not answer.totals.conversations:
                return []
            gallery = self.open(run, answer)
            for _ in gallery.watch(result.read_rows()):
                pass
            return gallery.list_pictures()
