"""The buttons of the bot's messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.command import Ask, parse_command
from bot.domain.options import Limits
from bot.errors import RequestError
from bot.listeners.replying import failures_told, tell
from bot.render.estimates import RUN_ANYWAY
from bot.services.runs import Request, Runs


@dataclass(frozen=True)
class ButtonListener:
    """Runs the question of a button that was pressed.

    A button's value comes from outside like any other text: it is parsed again, under the limits of now, and
    does what the same line typed by the same person would do, once more than the threshold allows.
    """

    runs: Runs
    limits: Limits

    def register(self, app: App) -> None:
        """Listen to the button that runs a question whatever it costs."""
        app.action(RUN_ANYWAY)(self.handle)

    def handle(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Handle one press; whatever goes wrong, the person who pressed is told."""
        ack()
        line, user_id = str(action.get("value") or ""), str(body["user"]["id"])
        with failures_told(respond, line, user_id):
            request = Request(
                body["channel"]["id"], user_id, line, lambda message: tell(respond, message), confirmed=True
            )
            self._run(line, request)
            respond(delete_original=True)

    def _run(self, line: str, request: Request) -> None:
        command = parse_command(line, datetime.now(UTC), self.limits)
        if not isinstance(command, Ask):
            raise RequestError("This button holds no question; type it again.", "help")
        self.runs.submit(command, request)
