"""The buttons of the bot's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.listeners.desk import Desk
from bot.listeners.replying import tell
from bot.listeners.requests import read_press
from bot.render.estimates import RUN_ANYWAY
from bot.render.runs import CANCEL_RUN


@dataclass(frozen=True)
class ButtonListener:
    """Does what a button says.

    A button's value comes from outside like any other text: it makes a line, which does what the same line
    typed by the same person would do.
    """

    desk: Desk

    def register(self, app: App) -> None:
        """Listen to the buttons."""
        app.action(RUN_ANYWAY)(self.run_anyway)
        app.action(CANCEL_RUN)(self.cancel)

    def run_anyway(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Run the question of a button that says what it costs; one button is one run."""
        place = body.get("container", {})
        key = f"anyway-{place.get('channel_id')}-{place.get('message_ts')}-{body['user']['id']}"
        asked = read_press(body, str(action.get("value") or ""), key=key, confirmed=True)
        reply = self.desk.take(asked)
        ack()
        tell(respond, reply)
        self.desk.write_down(asked, reply)
        if reply is None:
            respond(delete_original=True)

    def cancel(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Cancel the run of a button; that it was is said by the run's own message."""
        asked = read_press(body, f"cancel {action.get('value')}")
        reply = self.desk.take(asked)
        ack()
        if reply is not None and reply.kind != "answered":
            tell(respond, reply)
        self.desk.write_down(asked, reply)
