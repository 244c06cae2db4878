"""The witnesses among the records that are left out of a scan, for its coverage.

A witness is a record of traffic that has an end in one of the networks that were asked about. What has an end
in the asked one is in the scan and counted there. Of a home network nothing can match but what has its other
end in the asked one, so that most of its records are left out: they are counted here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import compute as pc

from bot.adapters.flowlog_addresses import lie_in
from bot.adapters.flowlog_values import ADDRESSES, find_text
from bot.domain.cidr import Block
from bot.domain.question import Question

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


def count_witnesses(batch: pa.RecordBatch, left_out: pa.BooleanArray, sought: Sought) -> Counter[str]:
    """How many of the `left_out` records are witnesses, and how many of these were accepted."""
    if not (sought.witnessed or sought.every_record):
        return Counter()
    witnesses = pc.and_(left_out, find_text(batch.column("log_status"), "OK"))
    if not sought.every_record:
        ends = (lie_in(batch.column(end), sought.witnessed) for end in ADDRESSES)
        witnesses = pc.and_(witnesses, pc.or_(*ends))
    accepted = pc.and_(witnesses, find_text(batch.column("action"), "ACCEPT"))
    counts = (pc.sum(mask).as_py() or 0 for mask in (witnesses, accepted))
    return Counter(dict(zip(WITNESSES, counts, strict=True)))
