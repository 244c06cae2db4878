"""Runs: what people may ask for, and what they may ask about it."""

from __future__ import annotations

import logging

from bot.domain.audit import AuditLine
from bot.domain.quota import Quota
from bot.domain.run import Asked, Run, new_run_id
from bot.errors import EngineError, RequestError, StoreError
from bot.services.driver import Driver
from bot.services.ports import RunStore

_log = logging.getLogger(__name__)
_LISTED = 20
_RESTARTING = "the bot is restarting; ask again in a minute."


class Runs:
    """The front desk: takes questions, cancels and lists them, and writes every command down."""

    def __init__(self, store: RunStore, driver: Driver, quota: Quota) -> None:
        self._store = store
        self._driver = driver
        self._quota = quota

    def submit(self, asked: Asked, verb: str, *, is_limited: bool = True) -> bool:
        """Keep what was asked; from then on it is answered, whatever happens. False where it was kept before.

        Raises RequestError where too much is under way, EngineError where the bot is being stopped, and
        StoreError.
        """
        if self._driver.is_stopping:
            raise EngineError(_RESTARTING)
        if is_limited:
            self._check_quota(asked)
        run = Run(new_run_id(), asked)
        take = self._driver.has_room
        if not self._store.submit(run, _write_line(asked, verb, run_id=run.id), take=take):
            return False
        _log.info("run %s: %s asked %r in %s", run.id, asked.user_id, asked.line, asked.channel)
        if take:
            self._driver.take(run)
        return True

    def _check_quota(self, asked: Asked) -> None:
        excess = self._quota.refuse(*self._store.count_unfinished(asked.user_id, asked.channel))
        if excess and not self._store.knows(asked.key):  # else it is itself what is under way
            raise RequestError(excess, "runs")

    def note(self, asked: Asked, verb: str, outcome: str) -> None:
        """Write down a command that is no run; it is obeyed even where that cannot be written."""
        _log.info("%s typed %r in %s: %s", asked.user_id, asked.line, asked.channel, outcome)
        try:
            self._store.note(_write_line(asked, verb, outcome=outcome))
        except StoreError as error:
            _log.warning("a command could not be written down: %s", error)

    def cancel(self, prefix: str, user_id: str, *, is_admin: bool) -> Run:
        """Have a run ended. Raises RequestError where there is none, it has ended, or it is another's."""
        found = self._store.find(prefix)
        if len(found) != 1:
            said = "More than one run begins with" if found else "There is no run"
            raise RequestError(f"{said} {prefix}; runs lists them.", "runs")
        (run,) = found
        if run.is_finished:
            raise RequestError(f"The run {run.id} has ended already.", "runs")
        if run.asked.user_id != user_id and not is_admin:
            raise RequestError(
                f"The run {run.id} is another's: only who asked, or an admin, cancels it.", "runs"
            )
        self._store.cancel(run.id, user_id)
        self._driver.nudge()
        return run

    def list_recent(self, channel: str, user_id: str) -> list[Run]:
        """The channel's and the person's latest runs."""
        return self._store.list_recent(channel, user_id, _LISTED)


def _write_line(asked: Asked, verb: str, *, outcome: str = "", run_id: str = "") -> AuditLine:
    line = AuditLine(asked.key, asked.at, asked.user_id, asked.channel, verb, asked.line, run_id=run_id)
    return line if not outcome else AuditLine(**{**vars(line), "outcome": outcome})
