"""The witnesses among the records that are left out of a scan, for its coverage.

A witness is a record of traffic that has an end in one of the networks that were asked about. What has an end
in the asked one is in the scan and counted there. Of a home network nothing can match but what has its other
end in the asked one, so that most of its records are left out: they are counted here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
from pyarrow import compute as pc

from bot.adapters.duckdb_membership import write_pattern
from bot.adapters.flowlog_values import look_at_texts
from bot.domain.cidr import Block
from bot.domain.question import Question

_OCTET_BITS, _LONGEST_GLANCE = 8, 24
_MANY = 64

WITNESSES = ("witnesses", "accepted_witnesses")
"""The columns of a result that tell how many there are."""


@dataclass(frozen=True)
class Sought:
    """What a scan's records are looked at for.

    A record with an end in one of the `asked` blocks is one for the scan; without any block, all are. Of
    those that are left out, the ones with an end in the `witnessed` blocks are counted, or all where
    `every_record` is a witness.
    """

    asked: tuple[Block, ...] = ()
    witnessed: tuple[Block, ...] = ()
    every_record: bool = False


EVERYTHING = Sought()


def list_sought(question: Question) -> Sought:
    """What the records of a question's scan are looked at for."""
    asked = question.asked.blocks
    if not question.witnessed:
        return Sought(asked, every_record=True)
    home = question.home.blocks if question.home else ()
    if len(home) > _MANY:  # it takes longer to look for so many than to have the statement do it
        return Sought((*asked, *home))
    return Sought(asked, home)


class WitnessCounter:
    """Counts the witnesses among records that are left out of a scan."""

    def __init__(self, sought: Sought) -> None:
        self._sought = sought

    def count(self, batch: pa.RecordBatch, left_out: pa.BooleanArray) -> Counter[str]:
        """How many of the `left_out` records are witnesses, and how many of these were accepted."""
        if not (self._sought.witnessed or self._sought.every_record):
            return Counter()
        witnesses = pc.and_(left_out, _say(batch.column("log_status"), "OK"))
        if not self._sought.every_record:
            ends = (look_at_texts(batch.column(end), self._lie_within) for end in ("srcaddr", "dstaddr"))
            witnesses = pc.and_(witnesses, pc.or_(*ends))
        accepted = pc.and_(witnesses, _say(batch.column("action"), "ACCEPT"))
        counts = (pc.sum(mask).as_py() or 0 for mask in (witnesses, accepted))
        return Counter(dict(zip(WITNESSES, counts, strict=True)))

    def _lie_within(self, addresses: pa.StringArray) -> pa.BooleanArray:
        return reduce(pc.or_, [_lie_in(addresses, block) for block in self._sought.witnessed])


def _say(texts: pa.Array, word: str) -> pa.BooleanArray:
    return look_at_texts(texts, lambda values: pc.equal(values, word))


def _lie_in(addresses: pa.StringArray, block: Block) -> pa.BooleanArray:
    """Which addresses lie in a block."""
    octets = min(block.prefix, _LONGEST_GLANCE) // _OCTET_BITS
    beginning = "".join(f"{block.first >> shift & 255}." for shift in (24, 16, 8)[:octets])
    begin_so = pc.starts_with(addresses, beginning)
    if block.prefix == octets * _OCTET_BITS:
        return begin_so  # the rest can be anything: AWS writes whole addresses
    begin_so = pc.fill_null(begin_so, fill_value=False)
    different = addresses.filter(begin_so).dictionary_encode()
    matches = pc.match_substring_regex(different.dictionary, f"^{write_pattern(block)}$")
    return pc.replace_with_mask(begin_so, begin_so, matches.take(different.indices))
