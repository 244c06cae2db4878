"""Drives runs to their ends: workers take steps, one thread watches the engine, one keeps the leases."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.domain.run import Run, RunState
from bot.errors import LeaseLostError, OperatorError, SlackError, StoreError
from bot.logs import about_run
from bot.services.failures import end_badly
from bot.services.lease_keeper import LeaseKeeper
from bot.services.meter import Meter
from bot.services.ports import Engine, Progress, RunStore, State
from bot.services.run_steps import RunSteps

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.5
_TEND_EVERY_S = 1.0
_LONGEST_PAUSE_S = 60.0
_TELL_S = 5.0


@dataclass(eq=False)
class _Drive:
    """A run that this process has the lease of. Whoever made it busy is the only one to change it."""

    run: Run
    execution_id: str = ""
    is_busy: bool = False
    scanning_since: float = 0.0
    retry_at: float | None = None
    failures: int = 0

    @property
    def is_due(self) -> bool:
        """Whether a worker can go on with it at once, and nothing is waited for."""
        return not (self.run.is_finished or self.execution_id or self.retry_at is not None)


@dataclass(frozen=True)
class Pace:
    """How runs are driven: `at_once` of them, by `workers`, none scanning for more than `longest`.

    Half as many workers send what follows an answer.
    A stopping bot waits `grace_s` seconds for runs to end, and a lease is for `lease_s` seconds.
    """

    workers: int = 8
    at_once: int = 200
    longest: timedelta = timedelta(minutes=30)
    grace_s: float = 20.0
    lease_s: float = 30.0


class Driver:
    """Takes up runs from the store and drives each to its end; about once a second it does its `chores`.

    Whatever happens, a run ends with an answer or a reason where it was asked, here or in the process that
    takes it over.
    """

    def __init__(
        self,
        store: RunStore,
        engine: Engine,
        steps: RunSteps,
        chores: Sequence[Callable[[datetime], None]],
        meter: Meter,
        pace: Pace,
    ) -> None:
        self._store = store
        self._engine = engine
        self._steps = steps
        self._chores = chores
        self._meter = meter
        self._pace = pace
        self._pool = ThreadPoolExecutor(pace.workers, thread_name_prefix="run")
        self._files = ThreadPoolExecutor(max(1, pace.workers // 2), thread_name_prefix="run-files")
        self._drives: dict[str, _Drive] = {}
        self._changed = threading.Condition()
        self._is_stopping = False
        self._tend_at = 0.0
        self._watcher = threading.Thread(target=self._watch, name="run-watcher", daemon=True)
        self._keeper = LeaseKeeper(store, pace.lease_s, self._list_held, self._lose_leases)

    def start(self) -> None:
        """Take up what is unfinished, and go on with what comes."""
        self._watcher.start()
        self._keeper.start()

    @property
    def has_room(self) -> bool:
        """Whether a new run would be taken up at once."""
        with self._changed:
            return not self._is_stopping and len(self._drives) < self._pace.at_once

    @property
    def is_stopping(self) -> bool:
        """Whether no more runs are taken up."""
        return self._is_stopping

    def take(self, run: Run) -> None:
        """Drive a run whose lease this process has."""
        self._meter.observe_stage("queued", (datetime.now(UTC) - run.asked.at).total_seconds())
        drive = _Drive(run)
        with self._changed:
            self._drives[run.id] = drive
        self._begin(drive)

    def nudge(self) -> None:
        """Look at once at what changed in the store."""
        with self._changed:
            self._tend_at = 0.0
            self._changed.notify_all()

    def find_fault(self) -> str:
        """Why the bot is not well; an empty text where it is."""
        if not self._watcher.is_alive():
            return "nobody watches the runs"
        return "" if self._keeper.is_alive else "nobody keeps the leases"

    def stop(self) -> None:
        """Finish what ends within the grace, leave the rest to the next start, and stop the threads."""
        deadline = time.monotonic() + self._pace.grace_s
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._drives, self._pace.grace_s)
        for pool in (self._pool, self._files):
            pool.shutdown(cancel_futures=True)
        left = list(self._drives.values())
        for drive in left:
            self._leave(drive, tell=time.monotonic() < deadline + _TELL_S)
        self._release(left)
        with self._changed:
            self._drives.clear()
            self._changed.notify_all()
        self._keeper.stop()
        if self._watcher.is_alive():
            self._watcher.join()

    # Working

    def _begin(self, drive: _Drive) -> None:
        self._work(drive, self._advance)

    def _work(self, drive: _Drive, step: Callable[[_Drive], None]) -> None:
        """Let a worker take a step of a run, unless another one is at it.

        Whoever waits for an answer waits for no files: an answer is worth more.
        """
        with self._changed:
            if drive.is_busy or self._drives.get(drive.run.id) is not drive:
                return
            drive.is_busy, drive.retry_at = True, None
        try:
            pool = self._files if drive.run.is_answered else self._pool
            pool.submit(self._attempt, drive, step)
        except RuntimeError:  # the pool has closed: the next start goes on
            drive.is_busy = False

    def _attempt(self, drive: _Drive, step: Callable[[_Drive], None]) -> None:
        with about_run(drive.run.id):
            try:
                step(drive)
                drive.failures = 0
            except LeaseLostError:
                self._lose(drive)
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
                self._recover(drive, error)
            finally:
                self._rest(drive)
        if drive.is_due:
            self._work(drive, self._go_on)

    def _advance(self, drive: _Drive) -> None:
        """Take a run as far as its scan, from wherever it is."""
        run = drive.run
        if run.cancelled_by:
            self._cancel(drive, run.cancelled_by)
        elif run.reason:
            drive.run = self._steps.fail(run, run.reason)
        elif run.upload:
            drive.run = self._steps.share(run)
        elif run.state is RunState.SUBMITTED:
            drive.run = self._steps.begin(run)
        self._go_on(drive)

    def _go_on(self, drive: _Drive) -> None:
        """Deliver what is due, if it is there; otherwise scan for it."""
        if drive.run.is_finished:
            return
        if self._steps.can_deliver(drive.run):
            began = time.monotonic()
            drive.run = self._steps.deliver(drive.run)
            self._meter.observe_stage("delivering", time.monotonic() - began)
        else:
            drive.scanning_since = time.monotonic()
            drive.execution_id = self._steps.scan(drive.run)

    def _finish(self, drive: _Drive, progress: Progress) -> None:
        execution_id, drive.execution_id = drive.execution_id, ""
        self._meter.observe_stage("scanning", time.monotonic() - drive.scanning_since)
        drive.run = self._steps.finish(drive.run, execution_id, progress)
        self._go_on(drive)

    def _cancel(self, drive: _Drive, user_id: str) -> None:
        self._stop_scan(drive)
        drive.run = self._steps.cancel(drive.run, user_id)

    def _expire(self, drive: _Drive) -> None:
        self._stop_scan(drive)
        minutes = self._pace.longest.total_seconds() / 60
        sentence = f"it took longer than {minutes:g} minutes and was stopped; ask about fewer days."
        drive.run = self._steps.fail(drive.run, sentence)

    def _stop_scan(self, drive: _Drive) -> None:
        """Stop the engine's work, which an earlier process may have begun."""
        if drive.execution_id or drive.run.message_ts:
            self._engine.cancel(drive.execution_id or self._steps.scan(drive.run))
            drive.execution_id = ""

    def _rest(self, drive: _Drive) -> None:
        """A worker's step is over: forget a run that ended, look soon at one that goes on."""
        with self._changed:
            drive.is_busy = False
            if drive.run.is_finished and self._drives.get(drive.run.id) is drive:
                del self._drives[drive.run.id]
                self._measure(drive.run)
            self._changed.notify_all()

    def _measure(self, run: Run) -> None:
        self._meter.count_run(run.state.value)
        if run.ended_at:
            self._meter.observe_stage("whole", (run.ended_at - run.asked.at).total_seconds())
        if run.scanned:
            self._meter.count_scanned(run.scanned.cost.scanned_bytes, run.scanned.cost.usd)

    # What goes wrong

    def _recover(self, drive: _Drive, error: Exception) -> None:
        """End the run with the reason; where the store or Slack cannot be reached, try again later."""
        try:
            self._reread(drive)
            drive.run = end_badly(self._steps, drive.run, error)
        except LeaseLostError:
            self._lose(drive)
        except Exception as other:  # noqa: BLE001 - the reason could not be told; it must not be lost
            self._try_later(drive, other)

    def _reread(self, drive: _Drive) -> None:
        """What the failed step has committed counts; what another process has is not ours to go on with."""
        for run in self._store.find(drive.run.id):
            if run.epoch != drive.run.epoch:
                raise LeaseLostError(f"run {run.id} was taken up by another process")
            drive.run = run

    def _try_later(self, drive: _Drive, error: Exception) -> None:
        if isinstance(error, SlackError):
            self._meter.count_slack_error(error.code)
        if isinstance(error, SlackError) and not error.is_passing:
            self._give_up(drive, error)
            return
        if not isinstance(error, OperatorError):
            _log.error("the run cannot go on", exc_info=error)
        pause_s = min(2.0**drive.failures, _LONGEST_PAUSE_S)
        _log.warning("again in %g s: %s", pause_s, error)
        drive.failures += 1
        drive.retry_at = time.monotonic() + pause_s

    def _give_up(self, drive: _Drive, error: SlackError) -> None:
        try:
            drive.run = self._steps.give_up(drive.run, str(error))
        except LeaseLostError:
            self._lose(drive)
        except StoreError as other:
            self._try_later(drive, other)

    def _retry(self, drive: _Drive) -> None:
        self._reread(drive)
        self._advance(drive)

    def _lose(self, drive: _Drive) -> None:
        """Another process has the run: no word of ours any more."""
        _log.warning("the lease is lost: another process goes on")
        with self._changed:
            is_ours = self._drives.get(drive.run.id) is drive  # else it was taken up anew, here
            if is_ours:
                del self._drives[drive.run.id]
        if is_ours and drive.execution_id:
            self._engine.abandon(drive.execution_id)

    # Watching

    def _watch(self) -> None:
        while not self._is_over():
            self._pause()
            try:
                self._look()
                self._tend()
            except OperatorError as error:
                _log.warning("%s", error)
            except Exception:  # noqa: BLE001 - the watcher must outlive whatever happens
                _log.exception("the runs could not be looked at")

    def _is_over(self) -> bool:
        with self._changed:
            return self._is_stopping and not self._drives

    def _pause(self) -> None:
        """Sleep until something may have happened."""
        with self._changed:
            is_scanning = any(drive.execution_id for drive in self._drives.values())
            if not is_scanning:
                self._changed.wait(_LOOK_EVERY_S)
        if is_scanning:
            self._engine.wait(_LOOK_EVERY_S)

    def _look(self) -> None:
        with self._changed:
            resting = [drive for drive in self._drives.values() if not drive.is_busy]
            scanning = {drive.execution_id: drive for drive in resting if drive.execution_id}
        for execution_id, progress in self._engine.poll(list(scanning)).items():
            if progress.state is not State.RUNNING:
                self._conclude(scanning[execution_id], progress)

    def _conclude(self, drive: _Drive, progress: Progress) -> None:
        self._work(drive, partial(self._finish, progress=progress))

    def _tend(self) -> None:
        """Now and then: what is due again, too old, cancelled, or left by another process."""
        now = time.monotonic()
        with self._changed:
            resting = [drive for drive in self._drives.values() if not drive.is_busy]
            due = now >= self._tend_at
            self._tend_at = now + _TEND_EVERY_S if due else self._tend_at
        for drive in resting:
            if drive.retry_at is not None and now >= drive.retry_at:
                self._work(drive, self._retry)
            elif drive.execution_id and datetime.now(UTC) - drive.run.asked.at > self._pace.longest:
                self._work(drive, self._expire)
        if due:
            self._heed_cancellations(resting)
            self._claim()
            for chore in self._chores:
                chore(datetime.now(UTC))

    def _heed_cancellations(self, resting: Iterable[_Drive]) -> None:
        by_id = {drive.run.id: drive for drive in resting if drive.execution_id}
        for run_id, user_id in (self._store.find_cancelled(by_id) if by_id else {}).items():
            self._work(by_id[run_id], partial(self._cancel, user_id=user_id))

    def _claim(self) -> None:
        with self._changed:
            room = 0 if self._is_stopping else self._pace.at_once - len(self._drives)
        for run in self._store.claim(room) if room > 0 else ():
            _log.info("run %s is taken up", run.id)
            self.take(run)

    # Leaving

    def _lose_leases(self, run_ids: Iterable[str]) -> None:
        with self._changed:
            lost = [self._drives[run_id] for run_id in run_ids if run_id in self._drives]
        for drive in lost:
            if not drive.is_busy:  # a worker finds out by itself, before its next effect
                self._lose(drive)

    def _list_held(self) -> list[str]:
        with self._changed:
            return list(self._drives)

    def _leave(self, drive: _Drive, *, tell: bool) -> None:
        """Leave a run to the next start."""
        if drive.execution_id:
            self._engine.abandon(drive.execution_id)
        if not tell:
            return
        try:
            self._steps.postpone(drive.run)
        except (OperatorError, LeaseLostError) as error:
            _log.warning("run %s: that it goes on later could not be told: %s", drive.run.id, error)

    def _release(self, drives: Iterable[_Drive]) -> None:
        try:
            self._store.release([drive.run.id for drive in drives])
        except StoreError as error:
            _log.warning("the leases run out by themselves: %s", error)
