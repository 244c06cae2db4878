"""What a message says: its text, blocks and attachments, checked as Slack checks them."""

from typing import Any

from bot.local_slack import limits
from bot.local_slack.arguments import Arguments
from bot.local_slack.block_rules import refuse, require_message_blocks
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.schema import Problem
from bot.local_slack.settings import LocalSlackSettings
from bot.local_slack.views import name_blocks


def build_content(settings: LocalSlackSettings, arguments: Arguments) -> dict[str, Any]:
    """Answer the fields of a message that says this, or raise Slack's refusal of it."""
    blocks = require_message_blocks(arguments.structure("blocks") or [])
    if not settings.takes_charts:
        _refuse_charts(blocks)
    attachments = _require_attachments(arguments.structure("attachments") or [])
    text = arguments.text("text")
    if not (text or blocks or attachments):
        raise SlackRefusalError("no_text")
    content: dict[str, Any] = {"text": text[: limits.MESSAGE_TEXT]}
    if blocks:
        content["blocks"] = name_blocks(blocks)
    if attachments:
        content["attachments"] = attachments
    return content


def require_short_text(arguments: Arguments) -> None:
    """Raise Slack's refusal of a text that is too long to update or to show to one person."""
    if len(arguments.text("text")) > limits.UPDATED_TEXT and not arguments.structure("blocks"):
        raise SlackRefusalError("msg_too_long")


def _refuse_charts(blocks: list[dict[str, Any]]) -> None:
    kind = "data_visualization"
    places = [place for place, block in enumerate(blocks) if block["type"] == kind]
    if places:
        problems = [Problem(f"/blocks/{place}", f"unsupported type: {kind}") for place in places]
        raise refuse("invalid_blocks", problems)


def _require_attachments(attachments: Any) -> list[dict[str, Any]]:
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise refuse("invalid_attachments", [Problem("/attachments", "must be an array of objects")])
    if len(attachments) > limits.MESSAGE_ATTACHMENTS:
        raise SlackRefusalError("too_many_attachments")
    return [_with_named_blocks(attachment) for attachment in attachments]


def _with_named_blocks(attachment: dict[str, Any]) -> dict[str, Any]:
    if "blocks" not in attachment:
        return attachment
    return {**attachment, "blocks": name_blocks(require_message_blocks(attachment["blocks"]))}
