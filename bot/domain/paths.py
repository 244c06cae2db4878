"""How traffic left the network interfaces, in AWS's words.

Source: `traffic-path` in "Flow log records", Amazon VPC User Guide. Only records of outgoing packets have it,
and only where the flow log's format asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.question import Filters, Question
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.view_answer import PathRow
from bot.domain.wording import count, write_bytes

_NAMES = {
    1: "another resource in the VPC",  # also a NAT or transit gateway, which has an interface there
    2: "internet gateway or gateway endpoint",
    3: "virtual private gateway",
    4: "VPC peering in the Region",
    5: "VPC peering to another Region",
    6: "local gateway",
    7: "gateway endpoint",
    8: "internet gateway",
}
_UNKNOWN = "unknown"
_SHOWN_WAYS = 5


def is_any_told(rows: Sequence[PathRow]) -> bool:
    """Whether any record tells a way out."""
    return any(row.numbers for row in rows)


def name_path(row: PathRow) -> str:
    """The way, or the ways, that a row's traffic left by: `VPC peering in the Region`."""
    names = [_NAMES.get(number, f"path {number}") for number in row.numbers]
    return " and by ".join(names) or _UNKNOWN


def write_paths(question: Question, rows: Sequence[PathRow], totals: Totals) -> str:
    """By how many conversations left which way, in one line; empty where no record tells.

    A conversation counts with all its bytes for the ways that any of its records names. Of a question about a
    peering, that no record names one is said, too; what was filtered out may name one.
    """
    if not is_any_told(rows):
        return ""
    known = sum(row.sums.conversations for row in rows)
    of = f" of the largest {known:,}" if known < totals.conversations else ""
    ways = ", ".join(_write_ways(rows))
    return " ".join([f"Path{of}: {ways}.", *_find_peering(question, rows, of)])


def _write_ways(rows: Sequence[PathRow]) -> Iterator[str]:
    """The largest ways and every peering, then the sums of the others, then what is unknown."""
    known = [row for row in rows if row.numbers]
    shown = [row for place, row in enumerate(known) if place < _SHOWN_WAYS or row.peering_path]
    other = [row for row in known if row not in shown]
    unknown = [row for row in rows if not row.numbers]
    ways = [(f"by {name_path(row)}", [row]) for row in shown]
    ways += [(words, found) for words, found in (("by other ways", other), (_UNKNOWN, unknown)) if found]
    for place, (way, found) in enumerate(ways):
        conversations = sum(row.sums.conversations for row in found)
        many = f"{conversations:,}" if place else count(conversations, "conversation")
        yield f"{many} {way} ({write_bytes(sum(row.sums.bytes for row in found))})"


def _find_peering(question: Question, rows: Sequence[PathRow], cut: str) -> Iterator[str]:
    if question.scenario is not Scenario.PEERING or any(row.peering_path for row in rows):
        return
    is_unsure = any(not row.numbers for row in rows)
    of_these = " of these" if cut or question.filters != Filters() else ""
    yield f"No record{of_these} names a VPC peering" + (
        ", but the unknown may go by one." if is_unsure else "."
    )
