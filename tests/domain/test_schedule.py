"""When a watch looks: once for every day that is meant, whatever the clocks do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import Schedule, parse_schedule
from bot.errors import RequestError

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("every day at 09:00", "every day at 09:00"),
        ("Every Day 9:00", "every day at 09:00"),
        ("every weekday at 17:30", "every weekday at 17:30"),
        ("every mondays at 00:00", "every monday at 00:00"),
    ],
)
def test_parsed(words: str, expected: str) -> None:
    assert str(parse_schedule(words.split())) == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("every", "“every” is no schedule"),
        ("daily at 09:00", "is no schedule"),
        ("every blue at 09:00", "“blue” is no day"),
        ("every day at 24:00", "“at 24:00” is no time of the day such as 09:00."),
        ("every day at noon", "is no time of the day"),
    ],
)
def test_refused(words: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        parse_schedule(words.split())


@pytest.mark.parametrize(
    ("schedule", "after", "zone", "expected"),
    [
        ("every day at 09:00", "2026-11-24T07:59", BERLIN, "2026-11-24T08:00"),
        ("every day at 09:00", "2026-11-24T08:00", BERLIN, "2026-11-25T08:00"),
        ("every weekday at 09:00", "2026-11-27T10:00", "UTC", "2026-11-30T09:00"),
        ("every tuesday at 09:00", "2026-11-24T09:00", "UTC", "2026-12-01T09:00"),
        ("every day at 02:30", "2026-03-28T12:00", BERLIN, "2026-03-29T01:30"),  # there is no 02:30
        ("every day at 02:30", "2026-10-24T12:00", BERLIN, "2026-10-25T00:30"),  # there are two
        ("every day at 02:30", "2026-10-25T00:30", BERLIN, "2026-10-26T01:30"),
        ("every day at 09:00", "2026-11-24T08:59", "Nowhere/At all", "2026-11-24T09:00"),
        ("every day at 09:00", "2026-11-24T08:59", "../../etc/passwd", "2026-11-24T09:00"),
    ],
)
def test_next_time(schedule: str, after: str, zone: str, expected: str) -> None:
    assert parse_schedule(schedule.split()).find_next(at(after), zone) == at(expected)


@given(
    st.integers(0, 10 * 366 * 24 * 60).map(
        lambda minutes: at("2020-01-01T00:00") + timedelta(minutes=minutes)
    ),
    st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_every_day_means_every_day(after: datetime, zone: str, hour: int, minute: int) -> None:
    """No day is left out and none comes twice."""
    schedule = Schedule(tuple(range(7)), hour, minute)
    first = schedule.find_next(after, zone)
    second = schedule.find_next(first, zone)
    assert after < first <= after + timedelta(hours=26)
    assert timedelta(hours=22) <= second - first <= timedelta(hours=26)
