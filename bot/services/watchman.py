"""The watchman: asks the questions of the watches whose time has come."""

from __future__ import annotations

from datetime import datetime

from bot.domain.run import Asked
from bot.errors import EngineError
from bot.services.ports import WatchStore
from bot.services.runs import Runs


class Watchman:
    """Asks what is due. A watch's time is its request's key, so that no two processes ask it twice."""

    def __init__(self, store: WatchStore, runs: Runs) -> None:
        self._store = store
        self._runs = runs

    def ask_due(self, now: datetime) -> None:
        """Ask every watch whose time has come, once, however many of its times were missed."""
        for watch in self._store.find_due(now):
            key = f"watch-{watch.id}-{watch.next_at:%Y%m%dT%H%M}"
            asked = Asked(
                key,
                watch.channel,
                watch.user_id,
                watch.line,
                now,
                thread_ts=watch.thread_ts,
                confirmed=True,
                watch_id=watch.id,
            )
            try:
                self._runs.submit(asked, "watch", is_limited=False)
            except EngineError:
                return  # the bot is being stopped: the next start asks
            self._store.advance(watch.id, watch.schedule.find_next(now, watch.time_zone))
