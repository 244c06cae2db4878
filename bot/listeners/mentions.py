"""Mentions: `@vpccidr peering 10.1.0.0/16`, where slash commands cannot be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App

from bot.listeners.desk import Desk
from bot.listeners.replying import Reply
from bot.listeners.requests import read_mention
from bot.services.ports import Chat


@dataclass(frozen=True)
class MentionListener:
    """Does what the command does, and answers in the thread of the mention."""

    desk: Desk
    chat: Chat

    def register(self, app: App) -> None:
        """Listen to mentions."""
        app.event("app_mention")(self.handle)

    def handle(self, ack: Ack, body: dict[str, Any]) -> None:
        """Handle one mention; a bot's own words are none."""
        if body["event"].get("bot_id"):
            ack()
            return
        asked = read_mention(body)
        reply = self.desk.take(asked)
        ack()
        if reply is not None:
            self._tell(asked.channel, asked.user_id, asked.thread_ts, reply)
        self.desk.write_down(asked, reply)

    def _tell(self, channel: str, user_id: str, thread_ts: str, reply: Reply) -> None:
        if reply.to_all:
            self.chat.post(channel, reply.message, thread_ts)
        else:
            self.chat.whisper(channel, user_id, reply.message, thread_ts)
