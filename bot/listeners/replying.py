"""Telling people through a response_url, and that something went wrong."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import Respond
from slack_sdk.errors import SlackClientError

from bot.domain.message import Message
from bot.errors import OperatorError, RequestError
from bot.render.messages import build_failure, build_refusal

_log = logging.getLogger(__name__)


def tell(respond: Respond, message: Message, to: str = "ephemeral") -> None:
    """Tell the person, or with `in_channel` everybody.

    A response_url may be spent, expired or out of reach: then only the log knows.
    """
    try:
        respond(text=message.text, blocks=list(message.blocks), response_type=to, replace_original=False)
    except (OSError, SlackClientError) as error:
        _log.warning("%s could not be told: %s", message.text, error)


@contextmanager
def failures_told(respond: Respond, line: str, user_id: str) -> Iterator[None]:
    """Do something for a person; whatever goes wrong, they are told, and a bug under a reference."""
    try:
        yield
    except RequestError as error:
        tell(respond, build_refusal(error))
    except OperatorError as error:
        _log.warning("%s", error)
        tell(respond, build_failure(str(error), line, user_id))
    except Exception:  # noqa: BLE001 - a bug must be told, not only logged
        reference = uuid.uuid4().hex[:8]
        _log.exception("reference %s", reference)
        sentence = f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."
        tell(respond, build_failure(sentence, line, user_id))
