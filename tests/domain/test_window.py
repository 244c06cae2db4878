"""A window that is one day off answers another question than the one that was asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.window import Window, build_previous, build_window, build_window_of_days, join
from bot.errors import RequestError

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("count", "first"), [(1, 23), (2, 22), (10, 14)])
def test_days_end_with_today(count: int, first: int) -> None:
    """days=1 is today alone, days=10 today and the nine days before."""
    window = build_window_of_days(count, NOW, 366)
    assert window == Window(at(first), at(24))
    assert len(window.days) == count
    assert (window.first_day, window.last_day) == (date(2026, 11, first), date(2026, 11, 23))


@pytest.mark.parametrize("now", [at(23), at(23, 23, 59)], ids=["midnight", "last minute"])
def test_today_is_the_day_of_now(now: datetime) -> None:
    """The first and the last minute of a day belong to it."""
    assert build_window_of_days(1, now, 366).days == (date(2026, 11, 23),)


@pytest.mark.parametrize("count", [0, -1, 367])
def test_days_out_of_range(count: int) -> None:
    with pytest.raises(RequestError) as refused:
        build_window_of_days(count, NOW, 366)
    assert refused.value.sentence == f"days={count} is not from 1 to 366."


@pytest.mark.parametrize("count", [1, 366])
def test_days_at_the_limits(count: int) -> None:
    assert len(build_window_of_days(count, NOW, 366).days) == count


def test_a_day_is_whole() -> None:
    """from= and to= of one day is that day, and its partition is the only one read."""
    window = build_window(date(2026, 11, 20), date(2026, 11, 20), NOW, 366)
    assert window == Window(at(20), at(21))
    assert window.days == (date(2026, 11, 20),)
    assert window.last_day == date(2026, 11, 20)


def test_from_a_day_until_today() -> None:
    assert build_window(date(2026, 11, 20), None, NOW, 366) == Window(at(20), at(24))


def test_from_a_time_until_now() -> None:
    """Who names a time means records by their start, up to this moment."""
    window = build_window(at(20, 10, 30), None, NOW, 366)
    assert (window.since, window.until, window.by_time) == (at(20, 10, 30), NOW, True)


@pytest.mark.parametrize(
    ("until", "is_settled"),
    [
        (NOW - timedelta(hours=1), True),
        (NOW - timedelta(minutes=59), False),
        (None, False),
        (NOW.date(), False),  # which is tonight
    ],
)
def test_the_last_records_of_named_times_come_late(until: date | datetime | None, is_settled: bool) -> None:
    """Before they can be there, nothing proves that there are none."""
    assert build_window(at(20, 10, 30), until, NOW, 366).is_settled is is_settled


def test_days_are_those_of_delivery() -> None:
    """What is not there yet is of another day, or of what is left of this one."""
    assert build_window(at(20).date(), None, NOW, 366).is_settled
    assert build_window_of_days(1, NOW, 366).is_settled


@pytest.mark.parametrize(
    ("until", "last_day"),
    [(at(21, 22, 59), 21), (at(21, 23), 22), (at(22), 22)],
    ids=["an hour and a minute before midnight", "an hour before midnight", "midnight"],
)
def test_late_records_may_lie_in_the_next_partition(until: datetime, last_day: int) -> None:
    """A record of 23:30 can be delivered after midnight."""
    assert build_window(at(20), until, NOW, 366).last_day == date(2026, 11, last_day)


def test_midnight_as_the_end_adds_no_day() -> None:
    """The end is exclusive: nothing of the 21st was asked about."""
    assert build_window(at(20), at(21), NOW, 366).days == (date(2026, 11, 20),)


REFUSED = {
    "end before begin": (
        date(2026, 11, 20),
        date(2026, 11, 19),
        "to=2026-11-19 is not after from=2026-11-20.",
    ),
    "empty": (at(20, 10), at(20, 10), "to=2026-11-20T10:00 is not after from=2026-11-20T10:00."),
    "seconds": (
        at(20, 10) + timedelta(seconds=9),
        at(20, 10),
        "to=2026-11-20T10:00 is not after from=2026-11-20T10:00:09.",
    ),
    "tomorrow": (date(2026, 11, 24), None, "from=2026-11-24 is in the future (it is 2026-11-23 12:30 UTC)."),
    "in a minute": (
        at(23, 12, 31),
        at(24),
        "from=2026-11-23T12:31 is in the future (it is 2026-11-23 12:30 UTC).",
    ),
    "one day too many": (
        date(2026, 11, 1),
        date(2026, 11, 11),
        "That window has 11 days, and 10 is the most.",
    ),
    "all of history": (date.min, date.max, "That window has 3,652,059 days, and 10 is the most."),
    "until the end of time": (NOW, date.max, "That window has 2,912,117 days, and 10 is the most."),
    "an early year": (
        datetime(1, 1, 1, tzinfo=UTC),
        None,
        "That window has 739,943 days, and 10 is the most.",
    ),
}


@pytest.mark.parametrize(("since", "until", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(since: date | datetime, until: date | datetime | None, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        build_window(since, until, NOW, 10)
    assert refused.value.sentence == sentence


def test_the_longest_window() -> None:
    assert len(build_window(date(2026, 11, 1), date(2026, 11, 10), NOW, 10).days) == 10


def test_the_longest_window_that_ends_at_midnight() -> None:
    """Eleven dates are named, and ten days lie between them."""
    assert len(build_window(at(1), at(11), NOW, 10).days) == 10


def test_now_is_not_in_the_future() -> None:
    assert build_window(NOW, NOW + timedelta(minutes=1), NOW, 10).by_time


@pytest.mark.parametrize(
    ("window", "since", "days"),
    [
        (Window(at(14), at(24)), at(4), 20),
        (Window(at(23), at(24)), at(22), 2),
        (Window(at(20, 10, 30), at(20, 12), by_time=True), at(20, 9), 1),
        (Window(at(20, 22), at(21, 1), by_time=True), at(20, 19), 2),
    ],
)
def test_previous_ends_where_the_window_begins(window: Window, since: datetime, days: int) -> None:
    """As long as the asked one, and read in one go with it."""
    previous = build_previous(window, days)
    assert previous == Window(since, window.since, window.by_time)
    assert join(previous, window) == Window(since, window.until, window.by_time)
    assert len(join(previous, window).days) == days
    with pytest.raises(RequestError, match=f"makes {days} days, and {days - 1} is the most"):
        build_previous(window, days - 1)
