"""When a watch looks: `every day at 09:00`, in the time zone of the person who set it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.paste import quote
from bot.errors import RequestError

FORM = "every day|weekday|monday… at 09:00"
_SILENCE = re.compile(r"until silent (?:for )?([1-9][0-9]{0,2}) days?")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY_DAY = tuple(range(7))
_DAYS = {"day": _EVERY_DAY, "weekday": tuple(range(5))} | {name: (n,) for n, name in enumerate(_WEEKDAYS)}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Schedule:
    """The days of the week, 0 for Monday, and the time of the day."""

    weekdays: tuple[int, ...]
    hour: int
    minute: int

    def __str__(self) -> str:
        names = {days: name for name, days in _DAYS.items()}
        return f"every {names[self.weekdays]} at {self.hour:02}:{self.minute:02}"

    def find_next(self, after: datetime, time_zone: str) -> datetime:
        """The first time after a moment, in UTC.

        Where the clock is set forward over it, the time is as long after midnight as it would have been;
        where the clock is set back, the first of the two counts.
        """
        zone = find_zone(time_zone)
        day = after.astimezone(zone).date()
        for offset in range(9):
            one = day + timedelta(days=offset)
            local = datetime(one.year, one.month, one.day, self.hour, self.minute, tzinfo=zone)
            moment = local.astimezone(UTC)
            if one.weekday() in self.weekdays and moment > after:
                return moment
        raise ValueError(f"{self} never comes")


def parse_schedule(words: Sequence[str]) -> Schedule:
    """Parse `every day at 09:00`, the word `at` being optional. Raises RequestError, without an example."""
    lower = [word.lower() for word in words]
    said = " ".join(words)
    if len(lower) < len(("every", "day", "09:00")) or lower[0] != "every":
        raise RequestError(f"{quote(said)} is no schedule: {FORM}.")
    day, *rest = lower[1:]
    days = _DAYS.get(day.removesuffix("s"))
    if days is None:
        raise RequestError(f"{quote(words[1])} is no day: it is day, weekday, or monday to sunday.")
    time = _TIME.fullmatch(" ".join(word for word in rest if word != "at"))
    if time is None:
        raise RequestError(f"{quote(' '.join(words[2:]))} is no time of the day such as 09:00.")
    return Schedule(days, int(time[1]), int(time[2]))


def take_ending(words: Sequence[str]) -> tuple[Sequence[str], bool, int]:
    """The words of a schedule alone, whether `report` follows them, and after how many silent days it ends.

    The end, `until silent for 7 days`, stands last; 0 days are no end. Raises RequestError.
    """
    lower = [word.lower() for word in words]
    cut = lower.index("until") if "until" in lower else len(lower)
    silent_days = _parse_silence(lower[cut:]) if lower[cut:] else 0
    is_report = lower[cut - 1] == "report"
    return words[: cut - is_report], is_report, silent_days


def _parse_silence(words: Sequence[str]) -> int:
    said = " ".join(words)
    match = _SILENCE.fullmatch(said)
    if match is None:
        raise RequestError(f"{quote(said)} is no end: write until silent for 7 days.")
    return int(match[1])


def find_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
