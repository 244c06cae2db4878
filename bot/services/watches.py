"""Watches: questions that are asked again by themselves, and told where something changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.command import SetWatch
from bot.domain.conversation import Conversation
from bot.domain.run import Asked, Run, new_run_id
from bot.domain.verdict import describe_filters
from bot.domain.watch import FAILED, Watch, find_news, is_silent, remember
from bot.domain.witnesses import find_unproven
from bot.domain.wording import count
from bot.errors import RequestError
from bot.services.ports import People, WatchStore


class Watches:
    """Sets, lists, pauses and forgets watches."""

    def __init__(self, store: WatchStore, people: People) -> None:
        self._store = store
        self._people = people

    def set(self, asked: Asked, command: SetWatch) -> Watch:
        """Keep a watch, in the time zone of the person who sets it."""
        zone = self._people.find_time_zone(asked.user_id)
        watch = Watch(
            new_run_id(),
            asked.user_id,
            asked.channel,
            command.line,
            command.schedule,
            zone,
            command.schedule.find_next(asked.at, zone),
            asked.thread_ts,
            command.is_report,
            silent_days=command.silent_days,
        )
        self._store.add(watch)
        return watch

    def list_for(self, channel: str, user_id: str) -> list[Watch]:
        """The channel's and the person's watches, the next one first."""
        return self._store.list_for(channel, user_id)

    def pause(self, prefix: str, user_id: str, *, is_admin: bool) -> Watch:
        """Let a watch rest. Raises RequestError where there is none, or it is another's."""
        watch = self._find(prefix, user_id, is_admin=is_admin)
        self._store.pause(watch.id, watch.next_at, is_paused=True)
        return watch

    def resume(self, prefix: str, user_id: str, now: datetime, *, is_admin: bool) -> Watch:
        """Let a watch go on at its next time. Raises RequestError."""
        watch = self._find(prefix, user_id, is_admin=is_admin)
        next_at = watch.schedule.find_next(now, watch.time_zone)
        self._store.pause(watch.id, next_at, is_paused=False)
        return replace(watch, next_at=next_at, is_paused=False)

    def remove(self, prefix: str, user_id: str, *, is_admin: bool) -> Watch:
        """Forget a watch. Raises RequestError."""
        watch = self._find(prefix, user_id, is_admin=is_admin)
        self._store.remove(watch.id)
        return watch

    def _find(self, prefix: str, user_id: str, *, is_admin: bool) -> Watch:
        found = self._store.find(prefix)
        if len(found) != 1:
            said = "More than one watch begins with" if found else "There is no watch"
            raise RequestError(f"{said} {prefix}; watches lists them.", "watches")
        (watch,) = found
        if watch.user_id != user_id and not is_admin:
            raise RequestError(
                f"The watch {watch.id} is another's: only who set it, or an admin, changes it."
            )
        return watch


class News:
    """What of a watch's look is to be told."""

    def __init__(self, store: WatchStore) -> None:
        self._store = store

    def judge(self, run: Run, answer: Answer, talkers: Sequence[Conversation]) -> tuple[str, ...]:
        """What is to be said above the answer; nothing where nothing has changed, or the watch is gone."""
        for watch in self._store.find(run.asked.watch_id):
            if _has_ended(run, watch, answer):
                days = count(watch.silent_days, "day")
                part = describe_filters(answer.question.filters)
                only = f" Only traffic {part} was asked about." if part else ""
                said = f"Silent: nothing was accepted for {days}, and their logs are complete."
                return (f"{said}{only} The watch ends.",)
            news = find_news(watch.memory, answer.verdict.code, talkers, is_report=watch.is_report)
            return news or (("As the last time.",) if watch.is_report else ())
        return ()

    def is_new_failure(self, run: Run) -> bool:
        """Whether the look before this one did not fail."""
        return any(watch.memory.verdict != FAILED for watch in self._store.find(run.asked.watch_id))

    def remember(self, run: Run, answer: Answer, talkers: Sequence[Conversation]) -> None:
        """Keep what was found; or forget the watch, where that was what it waited for."""
        for watch in self._store.find(run.asked.watch_id):
            if _has_ended(run, watch, answer):
                self._store.remove(watch.id)
            else:
                self._store.remember(watch.id, remember(watch.memory, answer.verdict.code, talkers))

    def remember_failure(self, run: Run) -> None:
        """Keep that the look failed; what was seen before stays known."""
        for watch in self._store.find(run.asked.watch_id):
            self._store.remember(watch.id, replace(watch.memory, verdict=FAILED))


def _has_ended(run: Run, watch: Watch, answer: Answer) -> bool:
    """Whether what a watch waits for came, as of when it asked: a day that ended since was read too early."""
    silence = watch.silent_days
    unproven = find_unproven(answer.question, answer.coverage, run.asked.at)
    return silence > 0 and is_silent(silence, answer.totals, answer.coverage, run.asked.at, unproven)
