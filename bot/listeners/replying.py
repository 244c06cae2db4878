"""Replies: with the acknowledgement where Slack takes one, else through a response_url."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk.errors import SlackClientError

from bot.domain.message import Message
from bot.errors import ExpiredError, OperatorError, RequestError
from bot.render.messages import build_failure, build_refusal
from bot.render.view_menu import build_expired

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What is said at once: to the person alone, or to everybody in the channel.

    `kind` is answered, refused or failed; `sentence` says what came of it without Slack's markup.
    """

    message: Message
    sentence: str
    kind: str = "answered"
    to_all: bool = False

    @property
    def outcome(self) -> str:
        """What came of it, for the books."""
        return f"{self.kind}: {self.sentence}"


def reply_or_explain(obey: Callable[[], Reply | None], line: str, user_id: str) -> Reply | None:
    """What obeying gives; whatever goes wrong becomes a reply, a bug one with a reference."""
    try:
        return obey()
    except ExpiredError as error:
        return Reply(build_expired(error), error.sentence, "refused")
    except RequestError as error:
        return Reply(build_refusal(error), error.sentence, "refused")
    except OperatorError as error:
        _log.warning("%s", error)
        return Reply(build_failure(str(error), line, user_id), str(error), "failed")
    except Exception:  # noqa: BLE001 - a bug must be told, not only logged
        reference = uuid.uuid4().hex[:8]
        _log.exception("reference %s", reference)
        sentence = f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."
        return Reply(build_failure(sentence, line, user_id), sentence, "failed")


def acknowledge(ack: Ack, reply: Reply | None) -> None:
    """Acknowledge a command; the reply goes with it, so that neither arrives without the other."""
    if reply is None:
        ack()
    else:
        ack(**_write(reply))


def tell(respond: Respond, reply: Reply | None) -> None:
    """Reply to a button. A response_url may be spent, expired or out of reach: then only the log knows."""
    if reply is None:
        return
    try:
        respond(**_write(reply), replace_original=False)
    except (OSError, SlackClientError) as error:
        _log.warning("%s could not be told: %s", reply.message.text, error)


def _write(reply: Reply) -> dict[str, Any]:
    to = "in_channel" if reply.to_all else "ephemeral"
    return {"text": reply.message.text, "blocks": list(reply.message.blocks), "response_type": to}
