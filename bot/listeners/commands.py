"""The slash command."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk.errors import SlackClientError

from bot.domain.command import Add, Ask, Command, Help, ListBlocks, Remove, parse_command
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.errors import OperatorError, RequestError
from bot.render.help_message import build_help
from bot.render.messages import COMMAND, build_failure, build_note, build_refusal, build_text
from bot.render.mrkdwn import mention
from bot.render.replies import render_added, render_listing, render_removed
from bot.services.registry import Registry
from bot.services.runs import Request, Runs

_log = logging.getLogger(__name__)
_TO_ALL, _TO_ONE = "in_channel", "ephemeral"


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
        line = str(body.get("text") or "")
        try:
            command = parse_command(line, datetime.now(UTC), self.limits)
            self._obey(command, Request(body["channel_id"], body["user_id"], line, _tell(respond)), respond)
        except RequestError as error:
            _send(respond, build_refusal(error))
        except OperatorError as error:
            _log.warning("%s", error)
            _send(respond, build_failure(str(error), line, str(body.get("user_id", ""))))
        except Exception:  # noqa: BLE001 - a bug must be told, not only logged
            reference = uuid.uuid4().hex[:8]
            _log.exception("reference %s", reference)
            sentence = f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."
            _send(respond, build_failure(sentence, line, str(body.get("user_id", ""))))

    def _obey(self, command: Command, request: Request, respond: Respond) -> None:
        match command:
            case Ask():
                self.runs.submit(command, request)
            case Help():
                _send(respond, build_help(command.verb))
            case ListBlocks():
                _send(respond, build_text(render_listing(self.registry.list())))
            case Add():
                self._reply(request, respond, lambda: render_added(self.registry.add(command)))
            case Remove():
                self._reply(request, respond, lambda: render_removed(self.registry.remove(command.operand)))

    def _reply(self, request: Request, respond: Respond, act: Callable[[], str]) -> None:
        """Change the registry, which is everybody's, and tell everybody."""
        note = build_note(act())
        said = f"{mention(request.user_id)}: {note.text}"
        block = {"type": "section", "text": {"type": "mrkdwn", "text": said}}
        _send(respond, Message(said, (block,)), _TO_ALL)


def _tell(respond: Respond) -> Callable[[Message], None]:
    return lambda message: _send(respond, message)


def _send(respond: Respond, message: Message, to: str = _TO_ONE) -> None:
    """Tell through the response_url, which may be spent, expired or out of reach: then only the log knows."""
    try:
        respond(text=message.text, blocks=list(message.blocks), response_type=to)
    except (OSError, SlackClientError) as error:
        _log.warning("%s could not be told: %s", message.text, error)
