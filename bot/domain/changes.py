"""What changed between the asked window and the one before it, and how sure that is."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.coverage import Coverage
from bot.domain.question import Compared, Measure
from bot.domain.window import Window


class RowKind(StrEnum):
    """What a row of a scan's result is; those of the window before stand behind all others."""

    COVERAGE = "coverage"
    CONVERSATION = "conversation"
    PREVIOUS_COVERAGE = "previous_coverage"
    PREVIOUS_CONVERSATION = "previous_conversation"


class Extent(StrEnum):
    """How much of the window before a result holds: all, the largest conversations, or too little."""

    WHOLE = "whole"
    LARGEST = "largest"
    NOTHING = "nothing"


class Change(StrEnum):
    """Seen in the asked window alone, in the window before alone, or in both and more of it now."""

    NEW = "new"
    GONE = "gone"
    GROWN = "grown"


@dataclass(frozen=True)
class Volume:
    """How much was seen of something, in both directions."""

    flows: int = 0
    packets: int = 0
    bytes: int = 0

    def measure(self, measure: Measure) -> int:
        """What talkers are ranked by."""
        return {Measure.BYTES: self.bytes, Measure.PACKETS: self.packets, Measure.FLOWS: self.flows}[measure]


@dataclass(frozen=True)
class ChangedConversation:
    """A conversation that changed: how much of it was seen in the asked window, and in the one before.

    `protocol` is IANA's number; times are UTC, over both windows. `is_sure` tells that the logs prove it.
    """

    change: Change
    client: str
    server: str
    service_port: int
    protocol: int
    action: str
    now: Volume
    previous: Volume
    first_seen: datetime
    last_seen: datetime
    is_sure: bool = True


@dataclass(frozen=True)
class ChangeList:
    """All that changed in one way: how many conversations and how much of them, and the largest of them."""

    change: Change
    conversations: int = 0
    now: Volume = Volume()
    previous: Volume = Volume()
    rows: Sequence[ChangedConversation] = ()


@dataclass(frozen=True)
class Comparison:
    """The asked window against the one before it.

    `unsure` is what the logs do not prove, however it seems. The coverages are those of either window; an
    account and region that delivered in only one of them is missed in the other. The doubts are sentences on
    whose logs they are in either window, empty where there is none. `measure` is what "grown" is told by.
    There are no `lists` where `extent` is `nothing`.
    """

    window: Window
    compared: Compared
    measure: Measure
    coverage: Coverage
    previous_coverage: Coverage
    extent: Extent
    doubt: str = ""
    previous_doubt: str = ""
    unsure: frozenset[Change] = frozenset()
    lists: Sequence[ChangeList] = ()


def find_unsure(compared: Comparison) -> frozenset[Change]:
    """What must not be claimed, since the logs of the window that would tell are not complete, or another's.

    Coverage is known by the day, so that of hours nothing is sure.
    """
    unsure: set[Change] = set()
    by_time = compared.window.by_time
    if by_time or compared.previous_doubt or not compared.previous_coverage.is_full:
        unsure |= {Change.NEW, Change.GROWN}
    if compared.extent is not Extent.WHOLE:
        unsure.add(Change.NEW)
    if by_time or compared.doubt or not (compared.coverage.is_full and compared.compared.is_asked_over):
        unsure.add(Change.GONE)
    return frozenset(unsure)


def complete_lists(lists: Iterable[ChangeList], unsure: Container[Change]) -> list[ChangeList]:
    """A list for each change, in order, empty where nothing changed so; and what of them is sure."""
    found = {each.change: each for each in lists}
    return [_mark(found.get(change, ChangeList(change)), change not in unsure) for change in Change]


def _mark(listed: ChangeList, is_sure: bool) -> ChangeList:
    return replace(listed, rows=[replace(row, is_sure=is_sure) for row in listed.rows])
