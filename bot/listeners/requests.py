"""What Slack says of a request: who, where, when, and which request it is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.run import Asked

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def read_command(body: Mapping[str, Any]) -> Asked:
    """The request of a slash command."""
    return Asked(
        key=_read_key(body),
        channel=str(body["channel_id"]),
        user_id=str(body["user_id"]),
        line=str(body.get("text") or ""),
        at=datetime.now(UTC),
        response_url=str(body.get("response_url") or ""),
    )


def read_press(body: Mapping[str, Any], line: str, *, key: str = "", confirmed: bool = False) -> Asked:
    """The request of a button; `key` where pressing it twice is to be the same request."""
    return Asked(
        key=key or _read_key(body),
        channel=str(body["channel"]["id"]),
        user_id=str(body["user"]["id"]),
        line=line,
        at=datetime.now(UTC),
        response_url=str(body.get("response_url") or ""),
        thread_ts=_read_thread(body.get("container", {})),
        confirmed=confirmed,
    )


def read_mention(body: Mapping[str, Any]) -> Asked:
    """The request of a mention, in its thread or the one that it begins."""
    event = body["event"]
    return Asked(
        key=str(body.get("event_id") or uuid.uuid4().hex),
        channel=str(event["channel"]),
        user_id=str(event["user"]),
        line=_MENTION.sub("", str(event.get("text") or ""), count=1).strip(),
        at=datetime.now(UTC),
        thread_ts=str(event.get("thread_ts") or event["ts"]),
    )


def _read_thread(container: Mapping[str, Any]) -> str:
    """The thread of a pressed button; a message that only begins one is in none."""
    thread_ts = str(container.get("thread_ts") or "")
    return "" if thread_ts == container.get("message_ts") else thread_ts


def _read_key(body: Mapping[str, Any]) -> str:
    """Slack's id of the request, which is the same however often Slack delivers it."""
    return str(body.get("trigger_id") or uuid.uuid4().hex)
