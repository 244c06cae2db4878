"""Slack's markup, with everything that came from people or data escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from bot.domain.message import Block

SECTION_LIMIT = 3_000
_NOTIFICATION_LIMIT = 3_500
_BOLD_LIMIT = 2_800
_MOST_PARTS = 10
_FIRST_PARTS, _LAST_PARTS = 4, 5
_CODE_LIMIT = 250
_HALF = re.compile(r"(&[a-z]*|<[^>]*)$")
"""What is left of an escaped sign or a link where a text was cut in its middle."""


def escape(text: str) -> str:
    """Text that Slack shows as it stands: no link, no mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Text in code style, on one line, cut where it is very long."""
    line = " ".join(text.replace("`", "'").split())
    return f"`{escape(line if len(line) <= _CODE_LIMIT else line[: _CODE_LIMIT - 1] + '…')}`"


def mention(user_id: str) -> str:
    """A person, by the id that Slack gave."""
    return f"<@{escape(user_id)}>"


def place(channel: str) -> str:
    """A channel as a link; Slack makes none of a direct message."""
    return "a direct message" if channel.startswith("D") else f"<#{escape(channel)}>"


def moment(at: datetime) -> str:
    """A time in the reader's own time zone; where Slack cannot show that, in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def bold(text: str) -> str:
    """Text that came from people or data, in bold type; cut inside the asterisks where it is very long."""
    return f"*{clip(escape(text), _BOLD_LIMIT)}*"


def section(mrkdwn: str) -> Block:
    """A section; text over Slack's limit is cut at the last whole line."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(mrkdwn)}}


def list_sections(entries: Iterable[str]) -> list[Block]:
    """As few sections as hold all entries, with blank lines between them; none is cut that fits by itself."""
    parts: list[str] = []
    for entry in entries:
        if parts and len(parts[-1]) + len(entry) + 1 < SECTION_LIMIT:
            parts[-1] += f"\n\n{entry}"
        else:
            parts.append(entry)
    return [section(part) for part in parts]


def context(*parts: str) -> Block:
    """A line of small print; of more parts than Slack takes, those in the middle become one."""
    if len(parts) > _MOST_PARTS:
        middle = "\n".join(parts[_FIRST_PARTS:-_LAST_PARTS])
        parts = (*parts[:_FIRST_PARTS], middle, *parts[-_LAST_PARTS:])
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(part)} for part in parts]}


def preformatted(text: str) -> Block:
    """Text in fixed width; lines over Slack's limit are left out."""
    fence = "```"
    inner = cut(escape(text.replace(fence, "'''")), SECTION_LIMIT - 2 * len(fence) - 2)
    return section(f"{fence}\n{inner}\n{fence}")


def cut(text: str, limit: int = SECTION_LIMIT) -> str:
    """The text's whole lines that fit, or its beginning where not one does."""
    if len(text) <= limit:
        return text
    whole = text[: limit - 1].rpartition("\n")[0]
    return f"{whole}\n…" if whole else clip(text, limit)


def clip(text: str, limit: int = _NOTIFICATION_LIMIT) -> str:
    """The text's beginning, in which no sign, link or code is cut in two."""
    if len(text) <= limit:
        return text
    head = _HALF.sub("", text[: limit - 2])
    return head + ("`…" if head.count("`") % 2 else "…")
