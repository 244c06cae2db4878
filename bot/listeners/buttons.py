"""The buttons of the bot's messages."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.command import Ask, parse_command
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.errors import RequestError
from bot.render.estimates import RUN_ANYWAY
from bot.render.messages import build_failure, build_refusal
from bot.services.runs import Request, Runs

_log = logging.getLogger(__name__)


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
        try:
            self._run(line, Request(body["channel"]["id"], user_id, line, _tell(respond), confirmed=True))
            respond(delete_original=True)
        except RequestError as error:
            _send(respond, build_refusal(error))
        except Exception:  # noqa: BLE001 - a bug must be told, not only logged
            reference = uuid.uuid4().hex[:8]
            _log.exception("reference %s", reference)
            sentence = f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."
            _send(respond, build_failure(sentence, line, user_id))

    def _run(self, line: str, request: Request) -> None:
        command = parse_command(line, datetime.now(UTC), self.limits)
        if not isinstance(command, Ask):
            raise RequestError("This button holds no question; type it again.", "help")
        self.runs.submit(command, request)


def _tell(respond: Respond) -> Any:
    return lambda message: _send(respond, message)


def _send(respond: Respond, message: Message) -> None:
    respond(text=message.text, blocks=list(message.blocks), response_type="ephemeral", replace_original=False)
