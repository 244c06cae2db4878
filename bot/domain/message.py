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

    def with_head(self, head: Message | None) -> Message:
        """The same message with another's words and blocks above it, where there is one."""
        if head is None:
            return self
        simple = (*head.blocks, *self.simple) if self.simple else ()
        return Message(f"{head.text} {self.text}", (*head.blocks, *self.blocks), simple)

    @property
    def charts(self) -> tuple[Block, ...]:
        """The blocks that a workspace may refuse, though it takes all others."""
        return tuple(block for block in self.blocks if is_chart(block))

    def with_foot(self, blocks: tuple[Block, ...]) -> Message:
        """The same message with more blocks below it, in whichever form it is sent."""
        simple = (*self.simple, *blocks) if self.simple else ()
        return Message(self.text, (*self.blocks, *blocks), simple)


def is_chart(block: Block) -> bool:
    """Whether a block is a chart of Slack's own."""
    return bool(block["type"] == "data_visualization")
