"""Slack's Web API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.webhook import WebhookClient

from bot.domain.message import Block, Message, is_chart
from bot.domain.run import SentFile
from bot.errors import SlackError
from bot.services.ports import Reservation

_RETRIES = 5
_TOO_MUCH = {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}
_PASSING = {
    "fatal_error",
    "internal_error",
    "ratelimited",
    "rate_limited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
}
_UNSEEN = {"missing_scope", "not_in_channel", "thread_not_found", "not_allowed_token_type"}
_EVENT = "vpccidr_run"
_SKEW = timedelta(minutes=2)
_PAGE, _PAGES = 200, 10
_TIMEOUT = urllib3.Timeout(connect=10, read=60)
_TOO_MANY, _SERVER_ERROR = 429, 500

_log = logging.getLogger(__name__)


def build_client(base_url: str, token: str) -> WebClient:
    """A client that obeys Retry-After and tries again where Slack or the line failed."""
    return WebClient(token=token, base_url=base_url, retry_handlers=_build_handlers(repeatable=True))


def build_careful_client(base_url: str, token: str) -> WebClient:
    """A client for calls that do something anew each time: it repeats only what Slack said it did not do."""
    return WebClient(token=token, base_url=base_url, retry_handlers=_build_handlers(repeatable=False))


class SlackChat:
    """Posts as the bot. A message that Slack refuses for its blocks is sent without charts, or else simply.

    Once a workspace took without its charts what it had refused with them, it is given none until the next
    start.
    """

    def __init__(self, client: WebClient, careful: WebClient) -> None:
        self._client = client
        self._careful = careful
        self._takes_charts = True
        self._has_shown_charts = True
        self._http = urllib3.PoolManager(retries=False, timeout=_TIMEOUT)

    @property
    def takes_charts(self) -> bool:
        """Whether the latest message with charts was taken with them."""
        return self._has_shown_charts

    def post(self, channel: str, message: Message, thread_ts: str = "", key: str = "") -> str:
        """Post a message, in a thread where one is named, and return its ts; `find` knows it by its key."""
        place: dict[str, Any] = {"channel": channel}
        if thread_ts:
            place["thread_ts"] = thread_ts
        if key:
            place["metadata"] = {"event_type": _EVENT, "event_payload": {"key": key}}
        response = self._send(self._careful.chat_postMessage, place, message)
        return str(response["ts"])

    def find(self, channel: str, key: str, since: datetime, thread_ts: str = "") -> str:
        """The ts of the message that was posted under a key; empty where none is seen, or none may be."""
        try:
            return next(
                (
                    message["ts"]
                    for message in self._read(channel, since, thread_ts)
                    if _key_of(message) == key
                ),
                "",
            )
        except SlackError as error:
            if error.code in _UNSEEN:
                return ""
            raise

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of our own. Raises SlackError."""
        self._send(self._client.chat_update, {"channel": channel, "ts": ts}, message)

    def respond(self, response_url: str, message: Message) -> None:
        """Tell the person alone who was given this response_url. Raises SlackError."""
        webhook = WebhookClient(response_url, retry_handlers=_build_handlers(repeatable=True))
        try:
            response = webhook.send(
                text=message.text,
                blocks=list(message.blocks),
                response_type="ephemeral",
                replace_original=False,
            )
        except (SlackClientError, OSError) as error:
            raise explain_silence(error) from error
        if response.status_code != 200:  # noqa: PLR2004 - spent, expired, or out of order
            is_passing = response.status_code >= _SERVER_ERROR or response.status_code == _TOO_MANY
            raise SlackError(f"response_url_{response.status_code}", is_passing=is_passing)

    def whisper(self, channel: str, user_id: str, message: Message, thread_ts: str = "") -> None:
        """Tell one person alone, in a channel or a thread of it. Raises SlackError."""
        place = {"channel": channel, "user": user_id, **({"thread_ts": thread_ts} if thread_ts else {})}
        self._send(self._careful.chat_postEphemeral, place, message)

    def reserve_file(self, name: str, size_bytes: int, alt_text: str = "") -> Reservation:
        """A place for the bytes of a file of exactly this size. Raises SlackError."""
        alt = {"alt_txt": alt_text} if alt_text else {}
        response = _call(self._client.files_getUploadURLExternal, filename=name, length=size_bytes, **alt)
        return Reservation(str(response["file_id"]), str(response["upload_url"]))

    def send_file(self, reservation: Reservation, file: Path) -> None:
        """Send the bytes, streamed from the disk. Nobody sees the file yet. Raises SlackError."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
        try:
            with file.open("rb") as body:
                response = self._http.request("POST", reservation.upload_url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise explain_silence(error) from error
        if response.status != 200:  # noqa: PLR2004 - HTTP's OK
            is_passing = response.status >= _SERVER_ERROR
            raise SlackError(f"upload_{response.status}", is_passing=is_passing)

    def share_files(self, files: Sequence[SentFile], channel: str, thread_ts: str, comment: str) -> None:
        """Share files that were sent in a thread, in one message with a comment above. Raises SlackError."""
        _call(
            self._careful.files_completeUploadExternal,
            files=[{"id": file.file_id, "title": file.name} for file in files],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=comment,
        )

    def is_shared(self, file_id: str, channel: str) -> bool:
        """Whether a file that was sent is shared in the channel already. Raises SlackError."""
        try:
            file = _call(self._client.files_info, file=file_id)["file"]
        except SlackError as error:
            if error.code in {"file_not_found", *_UNSEEN}:
                return False
            raise
        shares = file.get("shares", {})
        return any(channel in places for places in shares.values()) or channel in file.get("channels", [])

    def _send(self, method: Callable[..., Any], place: dict[str, Any], message: Message) -> Any:
        forms = self._list_forms(message)
        while True:
            form = forms.pop(0)
            try:
                response = _call(method, **place, text=message.text, blocks=form)
            except SlackError as error:
                if error.code not in _TOO_MUCH or not forms:
                    raise
            else:
                self._learn(message, form)
                return response

    def _list_forms(self, message: Message) -> list[list[Block]]:
        """The blocks to try one after the other, from the richest to the plainest."""
        whole, bare = list(message.blocks), _without_charts(message.blocks)
        rich = [whole] if self._takes_charts and whole != bare else []
        return [*rich, bare, *([list(message.simple)] if message.simple else [])]

    def _learn(self, message: Message, taken: list[Block]) -> None:
        if message.charts:
            self._has_shown_charts = any(map(is_chart, taken))
        if self._takes_charts and taken == _without_charts(message.blocks) != list(message.blocks):
            self._takes_charts = False
            _log.warning("This workspace refuses charts: messages go without them until the next start")

    def _read(self, channel: str, since: datetime, thread_ts: str) -> Iterator[dict[str, Any]]:
        place = {"channel": channel, **({"ts": thread_ts} if thread_ts else {})}
        method = self._client.conversations_replies if thread_ts else self._client.conversations_history
        cursor = ""
        for _ in range(_PAGES):
            response = _call(
                method,
                **place,
                oldest=f"{(since - _SKEW).timestamp():.6f}",
                limit=_PAGE,
                include_all_metadata=True,
                **({"cursor": cursor} if cursor else {}),
            )
            yield from response["messages"]
            cursor = (response.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return


def _without_charts(blocks: tuple[Block, ...]) -> list[Block]:
    return [block for block in blocks if not is_chart(block)]


def explain_silence(error: Exception) -> SlackError:
    """That Slack could not be reached, with what the line said of it."""
    reason = getattr(error, "reason", None) or type(error).__name__
    return SlackError("unreachable", f"Slack could not be reached ({reason}).", is_passing=True)


def _build_handlers(*, repeatable: bool) -> list[RetryHandler]:
    obeying: list[RetryHandler] = [RateLimitErrorRetryHandler(max_retry_count=_RETRIES)]
    if not repeatable:
        return obeying
    return [
        ConnectionErrorRetryHandler(max_retry_count=_RETRIES),
        ServerErrorRetryHandler(max_retry_count=_RETRIES),
        *obeying,
    ]


def _key_of(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return (
        str(metadata.get("event_payload", {}).get("key", "")) if metadata.get("event_type") == _EVENT else ""
    )


def _call(method: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise _translate(error) from error
    except (SlackClientError, OSError) as error:
        raise explain_silence(error) from error


def _translate(error: SlackApiError) -> SlackError:
    response = error.response
    status = getattr(response, "status_code", 0)
    code = str(response.get("error") or f"http_{status}") if hasattr(response, "get") else "unknown_error"
    is_passing = code in _PASSING or status >= _SERVER_ERROR
    return SlackError(code, is_passing=is_passing)
