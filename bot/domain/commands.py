"""What a line can ask for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.cidr import ParsedBlock
from bot.domain.question import Compared, Filters, Measure
from bot.domain.scenario import Scenario
from bot.domain.schedule import Schedule
from bot.domain.window import Window

Operand = ParsedBlock | str
"""A block, or the name of a network in lower case."""


@dataclass(frozen=True)
class Ask:
    """A question: its scenario, the blocks or names as typed (0 to 2, in the form's order) and options.

    `is_disconnect` asks whether the network can be disconnected, `compared` what changed.
    """

    scenario: Scenario
    operands: tuple[Operand, ...]
    window: Window
    filters: Filters
    measure: Measure
    top: int
    raw_rows: int
    is_disconnect: bool = False
    compared: Compared | None = None


@dataclass(frozen=True)
class Add:
    """Register a block, and add it to the network `name` unless that is empty."""

    block: ParsedBlock
    name: str = ""


@dataclass(frozen=True)
class Remove:
    """Take a block or a network off the list."""

    operand: Operand


@dataclass(frozen=True)
class ListBlocks:
    """Show what is registered."""


@dataclass(frozen=True)
class ListRuns:
    """Show the person's questions and the channel's."""


@dataclass(frozen=True)
class Cancel:
    """Stop a run, by its id or the beginning of it."""

    run_id: str


@dataclass(frozen=True)
class SetWatch:
    """Ask the question `line` by a schedule; with `is_report` every look is told, and else only news.

    With `silent_days` above 0 the watch ends when nothing was accepted for so many days.
    """

    line: str
    schedule: Schedule
    is_report: bool = False
    silent_days: int = 0


@dataclass(frozen=True)
class ListWatches:
    """Show the person's watches and the channel's."""


@dataclass(frozen=True)
class ChangeWatch:
    """`pause`, `resume` or `unwatch` a watch, by its id or the beginning of it."""

    verb: str
    watch_id: str


@dataclass(frozen=True)
class Help:
    """Show what can be asked, or how to use one verb where `verb` is not empty."""

    verb: str = ""


Command = Ask | Add | Remove | ListBlocks | ListRuns | Cancel | SetWatch | ListWatches | ChangeWatch | Help
