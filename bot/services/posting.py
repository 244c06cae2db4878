"""The one message of a run, and what is said in its thread: posted once, whatever happens in between."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain.message import Message
from bot.domain.run import Run
from bot.errors import SlackError
from bot.services.ports import Chat, RunStore

_log = logging.getLogger(__name__)
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}


class Posting:
    """Posts under a key, so that whoever takes the run up finds what is posted already."""

    def __init__(self, store: RunStore, chat: Chat) -> None:
        self._store = store
        self._chat = chat

    @property
    def takes_charts(self) -> bool:
        """Whether the latest message with charts is shown with them."""
        return self._chat.takes_charts

    def announce(self, run: Run, message: Message) -> Run:
        """Post the run's message, unless it stands already."""
        if run.message_ts:
            return run
        ts = self._find(run, run.id) if run.is_posting else ""
        if not ts:
            run = replace(run, is_posting=True)
            self._store.save(run)
            ts = self._chat.post(run.asked.channel, message, run.asked.thread_ts, run.id)
        run = replace(run, message_ts=ts)
        self._store.save(run)
        return run

    def show(self, run: Run, message: Message) -> Run:
        """Let the run's message say this; where it is gone, a new one says it."""
        run = self.announce(run, message)
        try:
            self._chat.update(run.asked.channel, run.message_ts, message)
        except SlackError as error:
            if error.code not in _GONE:
                raise
            _log.warning("the message is gone (%s): a new one is posted", error.code)
            key = f"{run.id}-again"
            ts = self._find(run, key) or self._chat.post(run.asked.channel, message, run.asked.thread_ts, key)
            run = replace(run, message_ts=ts)
            self._store.save(run)
        return run

    def note(self, run: Run, message: Message) -> None:
        """Say something in the run's thread, once."""
        key = f"{run.id}-note"
        if not self._chat.find(run.asked.channel, key, run.asked.at, run.thread_ts):
            self._chat.post(run.asked.channel, message, run.thread_ts, key)

    def whisper(self, run: Run, message: Message) -> None:
        """Tell the person who asked, and nobody else; where Slack no longer lets us, only the log knows.

        Raises SlackError where it passes.
        """
        asked = run.asked
        try:
            if asked.response_url:
                self._chat.respond(asked.response_url, message)
            else:
                self._chat.whisper(asked.channel, asked.user_id, message, asked.thread_ts)
        except SlackError as error:
            if error.is_passing:
                raise
            _log.warning("%r could not be told: %s", message.text, error)

    def _find(self, run: Run, key: str) -> str:
        return self._chat.find(run.asked.channel, key, run.asked.at, run.asked.thread_ts)
