"""The options of a question: `days=10`, `port=443`, `raw`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from bot.domain.help import OPTIONS
from bot.domain.paste import quote
from bot.domain.protocols import PORTS, PROTOCOLS
from bot.domain.question import Action, Compared, Filters, Measure
from bot.domain.window import Window, build_previous, build_window, build_window_of_days
from bot.errors import RequestError

DEFAULT_TOP = 10
LARGEST_PORT = 65_535
LARGEST_PROTOCOL = 255

_T = TypeVar("_T")

_ACTIONS = dict.fromkeys(("accept", "accepted", "allow", "allowed"), Action.ACCEPT) | dict.fromkeys(
    ("reject", "rejected", "deny", "denied"), Action.REJECT
)
_PREVIOUS = "previous"
_ALONE = ("raw", "compare")
"""The options that may stand without a value."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


@dataclass(frozen=True)
class Limits:
    """What the settings allow.

    `largest_prefix` is the shortest prefix length of a block (8 refuses a /7), `largest_days` the longest
    window, `largest_top` the most talkers shown; `raw_rows` is both the most raw rows and their default.
    `home_configured` tells that `external` and `internal` may go without a block. All numbers are 1 or more.
    """

    largest_prefix: int = 8
    largest_days: int = 366
    largest_top: int = 100
    raw_rows: int = 10_000
    default_days: int = 10
    home_configured: bool = False


@dataclass(frozen=True)
class Options:
    """The options of one question, complete."""

    window: Window
    filters: Filters
    measure: Measure
    top: int
    raw_rows: int
    compared: Compared | None = None


def is_option(word: str) -> bool:
    """Whether a word is meant as an option, known or not."""
    return "=" in word or word.lower() in OPTIONS


def find_nearest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` was probably meant to be, or an empty text."""
    return next(iter(difflib.get_close_matches(word.lower()[:40], list(known), n=1)), "")


def parse_options(words: Iterable[str], stem: str, now: datetime, limits: Limits) -> Options:
    """Parse words such as `days=10`. `stem` is the line before them, for the errors' examples.

    Raises RequestError.
    """
    return _Parser(stem, now, limits).parse(words)


@dataclass(frozen=True)
class _Parser:
    stem: str
    now: datetime
    limits: Limits

    def parse(self, words: Iterable[str]) -> Options:
        typed = self._collect(words)
        window = self._parse_window(typed)
        return Options(
            window=window,
            filters=Filters(
                ports=self._parse_numbers("port", typed, PORTS, LARGEST_PORT),
                protocols=self._parse_numbers("proto", typed, PROTOCOLS, LARGEST_PROTOCOL),
                action=self._choose("action", typed["action"], _ACTIONS) if "action" in typed else None,
            ),
            measure=self._choose("by", typed.get("by", "bytes"), {each.value: each for each in Measure}),
            top=self._parse_count("top", typed, min(DEFAULT_TOP, self.limits.largest_top)),
            raw_rows=self._parse_count("raw", typed, 0),
            compared=self._parse_compared(typed, window),
        )

    def _refuse(self, sentence: str, key: str) -> RequestError:
        """The error about an option, with a line that uses the option as it should be."""
        return RequestError(sentence, f"{self.stem} {self._examples[key]}")

    @property
    def _examples(self) -> dict[str, str]:
        last = self.now.date()
        first = last - timedelta(days=min(self.limits.largest_days, 3) - 1)
        return {
            "days": f"days={self._default_days}",
            "from": f"from={first}",
            "to": f"from={first} to={last}",
            "top": f"top={min(DEFAULT_TOP, self.limits.largest_top)}",
            "by": "by=bytes",
            "action": "action=accept",
            "port": "port=443",
            "proto": "proto=tcp",
            "raw": f"raw={min(1000, self.limits.raw_rows)}",
            "compare": self._compare_example,
        }

    @property
    def _compare_example(self) -> str:
        """Both windows must fit; where only one day may be read, there is none before it."""
        days = min(self._default_days, self.limits.largest_days // 2)
        return f"days={days} compare=previous" if days else "days=1"

    @property
    def _default_days(self) -> int:
        return min(self.limits.default_days, self.limits.largest_days)

    def _collect(self, words: Iterable[str]) -> dict[str, str]:
        typed: dict[str, str] = {}
        for word in words:
            key, value = self._split(word)
            if typed.setdefault(key, value) != value:
                raise self._refuse(
                    f"{key} is given twice, as {quote(typed[key])} and as {quote(value)}: keep one.", key
                )
        return typed

    def _split(self, word: str) -> tuple[str, str]:
        key, equals, value = word.lower().partition("=")
        if key not in OPTIONS:
            raise self._refuse_key(key, word)
        if not value and (key not in _ALONE or equals):
            raise self._refuse(f"{key}= needs a value.", key)
        return key, value

    def _refuse_key(self, key: str, word: str) -> RequestError:
        nearest = find_nearest(key, OPTIONS)
        if nearest:
            return self._refuse(f"There is no option {quote(key)}: the nearest is {nearest}.", nearest)
        known = ", ".join(OPTIONS)
        return self._refuse(f"{quote(word)} is not an option: there are {known}.", "days")

    def _parse_count(self, key: str, typed: dict[str, str], default: int) -> int:
        """The number of days, talkers or raw rows; `default` where the option was not typed."""
        most = {
            "days": self.limits.largest_days,
            "top": self.limits.largest_top,
            "raw": self.limits.raw_rows,
        }[key]
        if key not in typed:
            return default
        count = most if typed[key] == "" else _parse_number(typed[key])
        if count is None or not 1 <= count <= most:
            raise self._refuse(
                f"{quote(f'{key}={typed[key]}')} is not a whole number from 1 to {most:,}.", key
            )
        return count

    def _choose(self, key: str, value: str, choices: dict[str, _T]) -> _T:
        if value not in choices:
            forms = OPTIONS[key].form.removeprefix(f"{key}=").split("|")
            known = " or ".join(filter(None, (", ".join(forms[:-1]), forms[-1])))
            raise self._refuse(f"{quote(f'{key}={value}')} is none of those known: write {known}.", key)
        return choices[value]

    def _parse_numbers(
        self, key: str, typed: dict[str, str], names: dict[str, int], largest: int
    ) -> tuple[int, ...]:
        """The numbers of a comma list of numbers and names, sorted, each once."""
        numbers = set()
        for part in filter(None, typed.get(key, "").split(",")):
            number = names.get(part, _parse_number(part))
            if number is None or number > largest:
                raise self._refuse(
                    f"{quote(part)} in {key}= is neither a number from 0 to {largest} nor a known name.", key
                )
            numbers.add(number)
        if key in typed and not numbers:
            raise self._refuse(f"{key}= needs a value.", key)
        return tuple(sorted(numbers))

    def _parse_window(self, typed: dict[str, str]) -> Window:
        if "days" in typed and ("from" in typed or "to" in typed):
            other = "from" if "from" in typed else "to"
            raise self._refuse(f"days and {other} both say which days are meant: keep one of them.", "days")
        if "to" in typed and "from" not in typed:
            raise self._refuse(f"{quote('to=' + typed['to'])} needs a from= to begin with.", "to")
        if "from" in typed:
            return self._build_window(typed)
        days = self._parse_count("days", typed, self._default_days)
        return build_window_of_days(days, self.now, self.limits.largest_days)

    def _build_window(self, typed: dict[str, str]) -> Window:
        since = self._parse_moment("from", typed["from"])
        until = self._parse_moment("to", typed["to"]) if "to" in typed else None
        try:
            return build_window(since, until, self.now, self.limits.largest_days)
        except RequestError as error:
            raise self._refuse(error.sentence, "to") from None

    def _parse_compared(self, typed: dict[str, str], window: Window) -> Compared | None:
        if "compare" not in typed:
            return None
        self._choose("compare", typed["compare"] or _PREVIOUS, {_PREVIOUS: _PREVIOUS})
        try:
            previous = build_previous(window, self.limits.largest_days)
        except RequestError as error:
            raise self._refuse(error.sentence, "compare") from None
        return Compared(previous, is_asked_over=window.until <= self.now)

    def _parse_moment(self, key: str, value: str) -> date | datetime:
        """A date, or a time in UTC; one without an offset is in UTC already."""
        text = value.upper()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
            if _MOMENT.fullmatch(text):
                moment = datetime.fromisoformat(text)
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
        shown = text if text[0].isdecimal() else value
        raise self._refuse(
            f"{quote(f'{key}={shown}')} is not a day or a time in UTC, such as {self.now.date()} or "
            f"{self.now.date()}T10:30.",
            key,
        )


def _parse_number(text: str) -> int | None:
    """A whole number of up to nine digits, or None. `int` alone takes `1_0` and other scripts' digits."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
