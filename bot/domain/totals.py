"""Exact sums over everything that a question matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Totals:
    """Exact sums over every conversation that the question matches, shown or not.

    `accepted` and `rejected` count conversations whatever action the question lists, and the times are
    when the last of each was seen.
    """

    conversations: int = 0
    flows: int = 0
    packets: int = 0
    bytes: int = 0
    accepted: int = 0
    rejected: int = 0
    accepted_until: datetime | None = None
    rejected_until: datetime | None = None
