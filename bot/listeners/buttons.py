"""The buttons of the bot's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.command import Ask, parse_command
from bot.domain.options import Limits
from bot.domain.run import Asked
from bot.errors import RequestError
from bot.listeners.replying import reply_or_explain, tell
from bot.listeners.requests import read_press
from bot.render.estimates import RUN_ANYWAY
from bot.render.runs import CANCEL_RUN
from bot.services.permissions import Permissions
from bot.services.runs import Runs


@dataclass(frozen=True)
class ButtonListener:
    """Does what a button says.

    A button's value comes from outside like any other text: a line is parsed again, under the limits of now,
    and does what the same line typed by the same person would do, once more than the threshold allows.
    """

    runs: Runs
    permissions: Permissions
    limits: Limits

    def register(self, app: App) -> None:
        """Listen to the buttons."""
        app.action(RUN_ANYWAY)(self.run_anyway)
        app.action(CANCEL_RUN)(self.cancel)

    def run_anyway(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Run the question of a button that says what it costs; one button is one run."""
        place = body.get("container", {})
        key = f"anyway-{place.get('channel_id')}-{place.get('message_ts')}-{body['user']['id']}"
        asked = read_press(body, str(action.get("value") or ""), key=key, confirmed=True)
        reply = reply_or_explain(lambda: self._run(asked), asked.line, asked.user_id)
        ack()
        tell(respond, reply)
        if reply is None:
            respond(delete_original=True)

    def cancel(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Cancel the run of a button."""
        asked = read_press(body, f"cancel {action.get('value')}")
        reply = reply_or_explain(
            lambda: self._cancel(asked, str(action.get("value"))), asked.line, asked.user_id
        )
        ack()
        tell(respond, reply)
        self.runs.note(asked, "cancel", reply.outcome if reply else "cancelled")

    def _run(self, asked: Asked) -> None:
        command = parse_command(asked.line, asked.at, self.limits)
        if not isinstance(command, Ask):
            raise RequestError("This button holds no question; type it again.", "help")
        self.permissions.check_asking(asked.user_id, asked.channel)
        self.runs.submit(asked, command.scenario.value)

    def _cancel(self, asked: Asked, run_id: str) -> None:
        """The running message itself will say that it was cancelled."""
        is_admin = self.permissions.is_admin(asked.user_id)
        self.runs.cancel(run_id, asked.user_id, is_admin=is_admin)
