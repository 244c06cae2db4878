"""Numbers and days as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_THOUSAND = 1000
_SHOWN_SPANS = 5


def write_bytes(size: int) -> str:
    """A size with three digits or so, in powers of 1000: `1.53 GB`."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - rounds to 1000
        value, unit = value / _THOUSAND, unit + 1
    return f"{size} B" if unit == 0 else f"{value:#.3g}".rstrip(".") + f" {_UNITS[unit]}"


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 day`, `2,400 days`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def write_span(span: timedelta) -> str:
    """A span of time in its largest whole unit: `12 minutes`, `5 hours`, `6 days`."""
    if span >= timedelta(days=1):
        return count(span.days, "day")
    hours, minutes = divmod(max(span, timedelta()) // timedelta(minutes=1), 60)
    return count(hours, "hour") if hours else count(minutes, "minute")


def join_up_to(words: Sequence[str], limit: int, noun: str) -> str:
    """A list of words, of many only the first: `ssh, http and 3 more services`."""
    shown, rest = ", ".join(words[:limit]), len(words) - limit
    return f"{shown} and {rest:,} more {noun}{'' if rest == 1 else 's'}" if rest > 0 else shown


def list_days(days: Sequence[date]) -> str:
    """Days in order, runs of them joined: `2026-11-14 to 2026-11-16, 2026-11-20`; of many, the first runs."""
    spans = _find_spans(days)
    shown = ", ".join(_write_span(first, last) for first, last in spans[:_SHOWN_SPANS])
    rest = sum((last - first).days + 1 for first, last in spans[_SHOWN_SPANS:])
    return f"{shown} and {count(rest, 'more day')}" if rest else shown


def _find_spans(days: Sequence[date]) -> list[tuple[date, date]]:
    breaks = [index for index, (one, two) in enumerate(pairwise(days), 1) if two - one != timedelta(days=1)]
    starts = [0, *breaks] if days else []
    return [(days[start], days[end - 1]) for start, end in zip(starts, [*breaks, len(days)], strict=False)]


def _write_span(first: date, last: date) -> str:
    if first == last:
        return first.isoformat()
    return f"{first} to {last}" if last - first > timedelta(days=1) else f"{first}, {last}"
