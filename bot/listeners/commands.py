"""The slash command."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.domain.form import Form
from bot.listeners.desk import Desk
from bot.listeners.forms import FormListener
from bot.listeners.replying import acknowledge
from bot.listeners.requests import read_command
from bot.render.messages import COMMAND


@dataclass(frozen=True)
class CommandListener:
    """Takes `/vpccidr` lines; the reply goes with the acknowledgement. The bare command opens the form."""

    desk: Desk
    form: FormListener

    def register(self, app: App) -> None:
        """Listen to the command."""
        app.command(COMMAND)(self.handle)

    def handle(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Handle one command; whatever goes wrong, the person who typed it is told."""
        began = time.monotonic()
        asked = read_command(body)
        if not asked.line.strip() and self._open_form(ack, body, client, asked.channel):
            return
        reply = self.desk.take(asked)
        acknowledge(ack, reply)
        self.desk.meter.observe_acknowledgement(time.monotonic() - began)
        self.desk.write_down(asked, reply)

    def _open_form(self, ack: Ack, body: dict[str, Any], client: WebClient, channel: str) -> bool:
        view = self.form.open(client, str(body.get("trigger_id")), Form(), channel)
        if view is None:
            return False
        ack()
        self.form.tell_cost(client, view, Form(), channel)
        return True
