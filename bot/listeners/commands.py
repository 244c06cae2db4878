"""The slash command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.command import Add, Ask, Command, Help, ListBlocks, Remove, parse_command
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.listeners.replying import failures_told, tell
from bot.render.help_message import build_help
from bot.render.messages import COMMAND, build_note, build_text
from bot.render.mrkdwn import mention
from bot.render.replies import render_added, render_listing, render_removed
from bot.services.registry import Registry
from bot.services.runs import Request, Runs


@dataclass(frozen=True)
class CommandListener:
    """Takes `/vpccidr` lines: acknowledges at once, answers what is quick, hands questions to the runs."""

    registry: Registry
    runs: Runs
    limits: Limits

    def register(self, app: App) -> None:
        """Listen to the command."""
        app.command(COMMAND)(self.handle)

    def handle(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        """Handle one command; whatever goes wrong, the person who typed it is told."""
        ack()
        line, user_id = str(body.get("text") or ""), str(body["user_id"])
        with failures_told(respond, line, user_id):
            command = parse_command(line, datetime.now(UTC), self.limits)
            request = Request(body["channel_id"], user_id, line, lambda message: tell(respond, message))
            self._obey(command, request, respond)

    def _obey(self, command: Command, request: Request, respond: Respond) -> None:
        match command:
            case Ask():
                self.runs.submit(command, request)
            case Help():
                tell(respond, build_help(command.verb))
            case ListBlocks():
                tell(respond, build_text(render_listing(self.registry.list())))
            case Add():
                self._reply(request, respond, lambda: render_added(self.registry.add(command)))
            case Remove():
                self._reply(request, respond, lambda: render_removed(self.registry.remove(command.operand)))

    def _reply(self, request: Request, respond: Respond, act: Callable[[], str]) -> None:
        """Change the registry, which is everybody's, and tell everybody."""
        note = build_note(act())
        said = f"{mention(request.user_id)}: {note.text}"
        block = {"type": "section", "text": {"type": "mrkdwn", "text": said}}
        tell(respond, Message(said, (block,)), "in_channel")
