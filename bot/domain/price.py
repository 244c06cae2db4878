"""What a scan costs on Athena."""

from __future__ import annotations

from bot.domain.cost import Cost

USD_PER_TB = 5.0
"""Athena's price in most regions. Source: Amazon Athena pricing."""

_MB = 10**6
_TB = 10**12
_LEAST_MB = 10


def price_scan(scanned_bytes: int, usd_per_tb: float = USD_PER_TB) -> Cost:
    """The cost of a query that scans this much: whole megabytes, and never fewer than ten of them.

    Units are powers of 1000, the reading that never names too low a price.
    """
    billed_mb = max(_LEAST_MB, -(-scanned_bytes // _MB))
    return Cost(scanned_bytes, billed_mb * _MB / _TB * usd_per_tb)
