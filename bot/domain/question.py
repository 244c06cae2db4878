"""A question, complete: what the scan and every report of one run are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.cidr import Block
from bot.domain.scenario import ROLES, Scenario
from bot.domain.window import Window, join
from bot.domain.wording import count

_SHOWN_BLOCKS = 5


class Measure(StrEnum):
    """What talkers are ranked by."""

    BYTES = "bytes"
    PACKETS = "packets"
    FLOWS = "flows"


class Action(StrEnum):
    """What the security groups and network ACLs did, as in the record's `action`."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


@dataclass(frozen=True)
class Side:
    """One side of a question: a network's blocks, and its name where it was asked for by name."""

    blocks: tuple[Block, ...]
    name: str = ""

    def __str__(self) -> str:
        return self.name or join_blocks(self.blocks)


def join_blocks(blocks: Sequence[Block]) -> str:
    """Blocks as one: `10.0.0.0/16 + 10.1.0.0/16`; of many, the first and how many more."""
    shown = " + ".join(map(str, blocks[:_SHOWN_BLOCKS]))
    rest = len(blocks) - _SHOWN_BLOCKS
    return f"{shown} + {count(rest, 'more block')}" if rest > 0 else shown


@dataclass(frozen=True)
class Filters:
    """What narrows a question down; empty means everything.

    `ports` are service ports (0 to 65535), `protocols` IANA numbers (0 to 255). They narrow the verdict
    too; `action` does not, for the rejected half of the traffic alone cannot say that nothing was
    accepted.
    """

    ports: tuple[int, ...] = ()
    protocols: tuple[int, ...] = ()
    action: Action | None = None


@dataclass(frozen=True)
class Compared:
    """The window that the asked one is compared with: `previous`, of the same length, ends where that begins.

    `is_asked_over` tells that the asked one had ended when the question was asked.
    """

    previous: Window
    is_asked_over: bool = True


@dataclass(frozen=True)
class Question:
    """A scenario over its sides and a window.

    `asked` is the side that the scenario is about and `home` the other one, where the exact pair is meant.
    `raw_rows` above 0 asks for that many of the log's own records in the CSV, instead of conversations;
    `is_disconnect` asks whether the asked side can be disconnected; `compared` asks what changed besides,
    and changes nothing of the answer about `window`.
    """

    scenario: Scenario
    asked: Side
    window: Window
    home: Side | None = None
    filters: Filters = field(default=Filters())
    measure: Measure = Measure.BYTES
    top: int = 10
    raw_rows: int = 0
    is_disconnect: bool = False
    compared: Compared | None = None

    @property
    def scanned(self) -> Window:
        """The window that the scan reads: the asked one, and the one that it is compared with."""
        return join(self.compared.previous, self.window) if self.compared else self.window

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides in the order in which the grammar names them."""
        if self.home is None:
            return (self.asked,)
        home_first = ROLES[self.scenario].home_first
        return (self.home, self.asked) if home_first else (self.asked, self.home)

    @property
    def witnessed(self) -> tuple[Side, ...]:
        """The sides of which a record of traffic must name an address to show that the logs are theirs.

        None of them where the logs are presumed to be those of one VPC alone: any record shows it then.
        """
        return self.sides if self.home or not ROLES[self.scenario].takes_home else ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block that the question names, in the order of its sides."""
        return tuple(block for side in self.sides for block in side.blocks)
