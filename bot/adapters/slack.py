"""Slack's Web API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.domain.message import Message
from bot.errors import SlackError

_RETRIES = 5
_TOO_MUCH = {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}


def build_client(base_url: str, token: str) -> WebClient:
    """A client that obeys Retry-After and tries again where Slack or the line failed."""
    handlers = [
        ConnectionErrorRetryHandler(max_retry_count=_RETRIES),
        RateLimitErrorRetryHandler(max_retry_count=_RETRIES),
        ServerErrorRetryHandler(max_retry_count=_RETRIES),
    ]
    return WebClient(token=token, base_url=base_url, retry_handlers=handlers)


class SlackChat:
    """Posts as the bot. A message that Slack refuses for its blocks is sent in its simple form."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, message: Message, thread_ts: str = "") -> str:
        """Post a message, in a thread where one is named, and return its ts. Raises SlackError."""
        place = {"channel": channel, **({"thread_ts": thread_ts} if thread_ts else {})}
        response = self._send(self._client.chat_postMessage, place, message)
        return str(response["ts"])

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of our own. Raises SlackError."""
        self._send(self._client.chat_update, {"channel": channel, "ts": ts}, message)

    def upload(self, channel: str, thread_ts: str, file: Path, comment: str) -> None:
        """Share a file in a thread, under its own name, with a comment above it. Raises SlackError."""
        _call(
            self._client.files_upload_v2,
            channel=channel,
            thread_ts=thread_ts,
            file=str(file),
            filename=file.name,
            title=file.name,
            initial_comment=comment,
        )

    def _send(self, method: Callable[..., Any], place: dict[str, str], message: Message) -> Any:
        try:
            return _call(method, **place, text=message.text, blocks=list(message.blocks))
        except SlackError as error:
            if error.code not in _TOO_MUCH or not message.simple:
                raise
            return _call(method, **place, text=message.text, blocks=list(message.simple))


def explain_silence(error: Exception) -> SlackError:
    """That Slack could not be reached, with what the line said of it."""
    reason = getattr(error, "reason", None) or type(error).__name__
    return SlackError("unreachable", f"Slack could not be reached ({reason}).")


def _call(method: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise SlackError(str(error.response.get("error", "unknown_error"))) from error
    except (SlackClientError, OSError) as error:
        raise explain_silence(error) from error
