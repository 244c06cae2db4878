"""Slack's markup, with everything that came from people or data escaped."""

from __future__ import annotations

from datetime import datetime

from bot.domain.message import Block

SECTION_LIMIT = 3_000
_CODE_LIMIT = 250


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


def moment(at: datetime) -> str:
    """A time in the reader's own time zone; where Slack cannot show that, in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def section(mrkdwn: str) -> Block:
    """A section; text over Slack's limit is cut at the last whole line."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(mrkdwn)}}


def context(*parts: str) -> Block:
    """A line of small print."""
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
    head = text[: limit - 2]
    return (head.rpartition("\n")[0] or head) + "\n…"
