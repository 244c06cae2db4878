"""Numbers and days as people read them."""

from datetime import date, timedelta

import pytest

from bot.domain.wording import count, list_days, write_bytes


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1534, "1.53 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (1_534_000_000, "1.53 GB"),
        (10**12, "1.00 TB"),
        (10**15, "1.00 PB"),
        (999 * 10**15, "999 PB"),
    ],
)
def test_bytes(size: int, expected: str) -> None:
    assert write_bytes(size) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (2400, "2,400 days")]
)
def test_count(number: int, expected: str) -> None:
    assert count(number, "day") == expected


def days(*numbers: int) -> list[date]:
    """Days of November 2026, and beyond its end."""
    return [date(2026, 10, 31) + timedelta(number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((), ""),
        ((14,), "2026-11-14"),
        ((14, 15), "2026-11-14, 2026-11-15"),
        ((14, 15, 16), "2026-11-14 to 2026-11-16"),
        ((14, 16), "2026-11-14, 2026-11-16"),
        ((14, 15, 16, 20), "2026-11-14 to 2026-11-16, 2026-11-20"),
        ((30, 31, 32), "2026-11-30 to 2026-12-02"),
        ((1, 3, 5, 7, 9), "2026-11-01, 2026-11-03, 2026-11-05, 2026-11-07, 2026-11-09"),
        ((1, 3, 5, 7, 9, 11), "2026-11-01, 2026-11-03, 2026-11-05, 2026-11-07, 2026-11-09 and 1 more day"),
        (
            (1, 3, 5, 7, 9, 11, 12, 13, 20),
            "2026-11-01, 2026-11-03, 2026-11-05, 2026-11-07, 2026-11-09 and 4 more days",
        ),
    ],
)
def test_days(numbers: tuple[int, ...], expected: str) -> None:
    """Runs are joined, and of very many only the first are named."""
    assert list_days(days(*numbers)) == expected
