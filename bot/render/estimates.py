"""What a question will cost, and the button that agrees to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.cost import Cost
from bot.domain.message import Block, Message
from bot.domain.wording import write_bytes
from bot.render.messages import COMMAND
from bot.render.mrkdwn import code, context, escape, section

RUN_ANYWAY = "run_anyway"
"""The button's action_id; its value is the line that was typed."""

_VALUE_LIMIT = 2_000


def render_estimate(cost: Cost) -> str:
    """What a scan reads at most, as a clause: `up to 1.20 GB to read, about $0.01`."""
    usd = f", about ${max(cost.usd, 0.01):,.2f}" if cost.usd else ""
    return f"up to {write_bytes(cost.scanned_bytes)} to read{usd}"


def build_consent(line: str, cost: Cost, notes: Sequence[str] = ()) -> Message:
    """That a question is dearer than may run without a word, and a button that runs it anyway."""
    asked = code(f"{COMMAND} {line}")
    text = f":moneybag: {asked} has {render_estimate(cost)}: more than runs without asking."
    hint = "Ask about fewer days, or run it anyway."
    blocks: list[Block] = [section(f"{text}\n{hint}")]
    if notes:
        blocks.append(context(*map(escape, notes)))
    if len(line) <= _VALUE_LIMIT:
        blocks.append(_build_button(line))
    return Message(f"{text} {hint}", tuple(blocks))


def _build_button(line: str) -> Block:
    button = {
        "type": "button",
        "action_id": RUN_ANYWAY,
        "text": {"type": "plain_text", "text": "Run anyway"},
        "style": "primary",
        "value": line,
    }
    return {"type": "actions", "elements": [button]}
