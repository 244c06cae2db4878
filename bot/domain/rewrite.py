"""The line of a question, changed as a button asks."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.paste import split_words

_WINDOW = ("days=", "from=", "to=")


def write_with_days(line: str, days: int) -> str:
    """The same question over so many days up to now."""
    return " ".join([*_drop(line, _WINDOW), f"days={days}"])


def write_with_raw(line: str) -> str:
    """The same question, with the log's own records in the CSV."""
    return " ".join([*(word for word in _drop(line, ("raw=",)) if word.lower() != "raw"), "raw"])


def write_with_compare(line: str) -> str:
    """The same question, and what changed against the window before."""
    return " ".join([*_drop_compare(split_words(line)), "compare=previous"])


def write_without_compare(line: str) -> str:
    """The same question about its own window alone."""
    return " ".join(_drop_compare(split_words(line)))


def _drop_compare(words: Iterable[str]) -> list[str]:
    return [word for word in words if word.lower() != "compare" and not word.lower().startswith("compare=")]


def _drop(line: str, keys: tuple[str, ...]) -> list[str]:
    return [word for word in split_words(line) if not word.lower().startswith(keys)]
