"""Forgetting what has been kept long enough."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.errors import StoreError
from bot.services.ports import RunStore

_log = logging.getLogger(__name__)
_EVERY = timedelta(hours=1)
_AUDIT = timedelta(days=400)


class Results(Protocol):
    """The kept results of finished scans."""

    def sweep(self, before: datetime) -> None:
        """Delete what was last written before a time. Raises StoreError."""


class Housekeeper:
    """Deletes the results and the runs of more than `keep` ago, and audit lines after 400 days."""

    def __init__(self, store: RunStore, results: Results, keep: timedelta) -> None:
        self._store = store
        self._results = results
        self._keep = keep
        self._due = datetime.min.replace(tzinfo=UTC)

    def tidy(self, now: datetime) -> None:
        """Do it, at most once an hour; what fails is tried again in the next one."""
        if now < self._due:
            return
        self._due = now + _EVERY
        try:
            self._results.sweep(now - self._keep)
            self._store.forget(now - self._keep, now - _AUDIT)
        except StoreError as error:
            _log.warning("not everything old could be deleted: %s", error)
