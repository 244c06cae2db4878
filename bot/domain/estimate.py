"""What a scan will read and cost, before it is run."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.cost import Cost


@dataclass(frozen=True)
class Threshold:
    """Above what a person is asked first: US dollars, or bytes to read; 0 for never."""

    usd: float = 0.0
    scanned_bytes: int = 0

    def is_passed_by(self, cost: Cost) -> bool:
        """Whether an estimated cost is too high for running without a word."""
        above_usd = bool(self.usd) and cost.usd > self.usd
        return above_usd or (bool(self.scanned_bytes) and cost.scanned_bytes > self.scanned_bytes)


@dataclass(frozen=True)
class Estimate:
    """What a scan reads at most, and whether the person who asked must agree to it.

    It is the size of the window's files: exact for text, too much for Parquet, of which only the needed
    columns are read.
    """

    cost: Cost
    needs_consent: bool
