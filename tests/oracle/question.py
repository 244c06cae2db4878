"""A question as it is asked and as it is meant, and random ones about a log set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from random import Random

    from tests.oracle.logset import LogSet, Side

SCENARIOS = ("external", "peering", "inadvertent", "internal", "incoming")
PAIRED = ("peering", "inadvertent", "incoming")
PROTOCOL_NAMES: dict[int | None, str | int] = {6: "tcp", 17: "udp", 1: "icmp"}
DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """A span of time: until is exclusive; by_start says that rows are picked by their start."""

    since: datetime
    until: datetime
    by_start: bool
    typed: tuple[str, ...]

    @property
    def asked_days(self) -> list[date]:
        """The days that coverage speaks of."""
        return _days_between(self.since.date(), (self.until - timedelta(seconds=1)).date())

    @property
    def opened_days(self) -> list[date]:
        """The partitions that are read: with times, a record may be delivered an hour late."""
        if not self.by_start:
            return self.asked_days
        return _days_between(self.since.date(), (self.until + timedelta(hours=1)).date())


@dataclass(frozen=True)
class Question:
    """One question: a scenario, its arguments in the order typed, a window and its options."""

    scenario: str
    sides: tuple[Side, ...]
    now: datetime
    window: Window
    action: str | None = None
    port: int | None = None
    protocol: int | None = None
    by: str = "bytes"
    top: int = 10
    options: tuple[str, ...] = ()

    @property
    def blocks(self) -> list[str]:
        """The canonical blocks asked about, in the arguments' order."""
        return [block for side in self.sides for block in side.blocks]

    def words(self) -> list[str]:
        """Render what is typed after the program's own options."""
        return [self.scenario, *(side.typed for side in self.sides), *self.window.typed, *self.options]


def _days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def last_days(now: datetime, count: int) -> Window:
    """Build the window of `days=count`: today and the days before it."""
    tomorrow = _midnight(now.date()) + DAY
    return Window(tomorrow - count * DAY, tomorrow, False, (f"days={count}",))


def whole_days(first: date, last: date) -> Window:
    """Build the window of `from=` and `to=` that name days, both inclusive."""
    return Window(_midnight(first), _midnight(last) + DAY, False, (f"from={first}", f"to={last}"))


def between_times(since: datetime, until: datetime, typed: tuple[str, ...]) -> Window:
    """Build the window of `from=` and `to=` that name times."""
    return Window(since, until, True, typed)


def random_questions(rng: Random, logset: LogSet) -> list[Question]:
    """Ask each scenario in both its forms; those with one form are asked with other options."""
    home, other = logset.home, logset.other
    sides = {"external": (home,), "internal": (home,), "peering": (home, other)}
    sides |= {"inadvertent": (other, home), "incoming": (other, home)}
    one_block = {"peering": (other,), "inadvertent": (other,), "incoming": (rng.choice([home, other]),)}
    forms = [(name, one_block.get(name, sides[name])) for name in SCENARIOS]
    forms += [(name, sides[name]) for name in SCENARIOS]
    return [_random_question(rng, logset, name, chosen) for name, chosen in forms]


def _random_question(rng: Random, logset: LogSet, scenario: str, sides: tuple[Side, ...]) -> Question:
    window = _random_window(rng, logset)
    action = _maybe(rng, 0.25, ["ACCEPT", "REJECT"])
    port = _maybe(rng, 0.12, [22, 443, 5201, 53, 123, 0, 3389, 9])
    protocol = _maybe(rng, 0.15, [6, 6, 17, 17, 1, 58])
    by = _maybe(rng, 0.6, ["bytes", "packets", "flows"])
    top = _maybe(rng, 0.6, [1, 2, 3, 4, 5, 8])
    shown = {"action": action and action.lower(), "port": port, "by": by, "top": top}
    shown["proto"] = PROTOCOL_NAMES.get(protocol, protocol) if rng.random() < 0.6 else protocol
    typed = [f"{key}={value}" for key, value in shown.items() if value is not None]
    rng.shuffle(typed)
    choices = (action, port, protocol, by or "bytes", 10 if top is None else top, tuple(typed))
    return Question(scenario, sides, logset.now, window, *choices)


def _maybe(rng: Random, chance: float, values: list[T]) -> T | None:
    return rng.choice(values) if rng.random() < chance else None


def _random_window(rng: Random, logset: LogSet) -> Window:
    """Choose a window of any kind; times lie on the edges that records were made around."""
    now, kind = logset.now, rng.random()
    if kind < 0.4:
        return last_days(now, rng.choice([1, 2, 3, 5, 6, 9]))
    if kind < 0.6:
        first, last = sorted(rng.choices([day for day in logset.days if day <= now.date()], k=2))
        return whole_days(first, last)
    edges = [edge for edge in logset.edges if edge < now]
    if len(edges) > 1 and kind < 0.9:
        since, until = sorted(rng.sample(edges, 2))
        return between_times(since, until, (f"from={_typed(rng, since)}", f"to={_typed(rng, until)}"))
    if edges:
        since = rng.choice(edges)
        return between_times(since, now, (f"from={_typed(rng, since)}",))
    return Window(*_default_span(now), False, ())


def _default_span(now: datetime) -> tuple[datetime, datetime]:
    """Give the span of a question that names no window: ten days."""
    window = last_days(now, 10)
    return window.since, window.until


def _typed(rng: Random, moment: datetime) -> str:
    form = "%Y-%m-%dT%H:%M" if moment.second == 0 and rng.random() < 0.7 else "%Y-%m-%dT%H:%M:%S"
    return moment.strftime(form) + rng.choice(["", "Z"])
