"""What a scan cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What the scan read, in bytes as the engine counts them, and its price in US dollars.

    `is_reused` tells that the engine had kept the result of an equal question, and read nothing.
    """

    scanned_bytes: int
    usd: float
    is_reused: bool = False
