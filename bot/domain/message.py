"""A message for a channel, in Slack's words but without Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """`text` is what notifications and screen readers say; `blocks` is Block Kit.

    `simple` says the same with nothing but sections, for a workspace that refuses a newer block.
    """

    text: str
    blocks: tuple[Block, ...]
    simple: tuple[Block, ...] = ()
