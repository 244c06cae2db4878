"""The span of time that a question is about, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.errors import RequestError

LATENESS = timedelta(hours=1)
"""How long after its `start` a record may still be delivered: ten minutes of aggregation and ten of
delivery are AWS's "typically", and nothing is promised."""

MIDNIGHT = datetime.min.time()


def has_only_begun(day: date, now: datetime | None) -> bool:
    """Whether a day is so young that its first logs may still be on their way."""
    return now is not None and day == now.date() > (now - LATENESS).date()


@dataclass(frozen=True)
class Window:
    """`since` to `until` (exclusive), both in UTC.

    `by_time` tells that the person named times and not only days: then a record's `start` decides, and
    otherwise the day of its delivery, which is the partition that holds it. `is_settled` tells that all of
    its records were there when it was asked for: the last ones of named times come late.
    """

    since: datetime
    until: datetime
    by_time: bool = False
    is_settled: bool = True

    @property
    def days(self) -> tuple[date, ...]:
        """The days that were asked about, in order."""
        last = (self.until - timedelta(microseconds=1)).date()
        count = (last - self.since.date()).days + 1
        return tuple(self.since.date() + timedelta(days=n) for n in range(count))

    @property
    def first_day(self) -> date:
        """The first partition to read."""
        return self.since.date()

    @property
    def last_day(self) -> date:
        """The last partition to read: the day after, where late records of the window may lie there."""
        return (self.until + LATENESS).date() if self.by_time else self.days[-1]


def build_window_of_days(count: int, now: datetime, largest: int) -> Window:
    """Today and the `count - 1` days before it. Raises RequestError."""
    if not 1 <= count <= largest:
        raise RequestError(
            f"days={count} is not from 1 to {largest}.", f"peering 10.1.0.0/16 days={min(10, largest)}"
        )
    midnight = datetime.combine(now.date() + timedelta(days=1), MIDNIGHT, tzinfo=UTC)
    return Window(midnight - timedelta(days=count), midnight)


def build_window(
    since: date | datetime, until: date | datetime | None, now: datetime, largest: int
) -> Window:
    """From `since` to `until`, or to now. A date means the whole day, a datetime that moment.

    Naming a time on either side makes the records' `start` decide. Raises RequestError where nothing lies
    between the two, the window begins in the future or has more than `largest` days.
    """
    end = until if until is not None else (now if isinstance(since, datetime) else now.date())
    by_time = isinstance(since, datetime) or isinstance(end, datetime)
    if _begin(since) > now:
        raise RequestError(
            f"from={_show(since)} is in the future (it is {now:%Y-%m-%d %H:%M} UTC).", _example(now, largest)
        )
    # Counted before the window is built: the day after 9999-12-31 cannot be.
    days = (_begin(end).date() - _begin(since).date()).days + 1
    if days > largest + 1:
        raise _refuse_long(days, now, largest)
    window = Window(_begin(since), _end(end), by_time, not by_time or _end(end) + LATENESS <= now)
    if window.until <= window.since:
        raise RequestError(f"to={_show(end)} is not after from={_show(since)}.", _example(now, largest))
    if len(window.days) > largest:
        raise _refuse_long(len(window.days), now, largest)
    return window


def build_previous(window: Window, largest: int) -> Window:
    """The window of the same length that ends where another begins.

    Raises RequestError where both together have more than `largest` days.
    """
    try:
        previous = Window(window.since - (window.until - window.since), window.since, window.by_time)
    except OverflowError:
        raise RequestError("There is no window before that one.", "peering 10.1.0.0/16") from None
    days = len(join(previous, window).days)
    if days > largest:
        sentence = f"With the window before it that makes {days:,} days, and {largest} is the most."
        raise RequestError(sentence, "peering 10.1.0.0/16")
    return previous


def join(previous: Window, window: Window) -> Window:
    """A window and the one before it, as one."""
    return Window(previous.since, window.until, window.by_time)


def _refuse_long(days: int, now: datetime, largest: int) -> RequestError:
    return RequestError(f"That window has {days:,} days, and {largest} is the most.", _example(now, largest))


def _begin(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, MIDNIGHT, tzinfo=UTC)


def _end(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else _begin(value) + timedelta(days=1)


def _show(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.replace(tzinfo=None).isoformat(timespec="seconds" if value.second else "minutes")


def _example(now: datetime, largest: int) -> str:
    """A line of up to three days, so that it works where even fewer are allowed."""
    first = now.date() - timedelta(days=min(largest, 3) - 1)
    return f"peering 10.1.0.0/16 from={first} to={now.date()}"
