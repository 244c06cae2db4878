"""The CSV of an answer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

from bot.domain.answer import Conversation
from bot.domain.question import Question

COLUMNS = ("day", *Conversation.__dataclass_fields__)


def write_rows(file: TextIO, rows: Iterable[Sequence[Any]]) -> None:
    """Write a header line and the conversations: a day each, then a Conversation's fields."""
    _write(file, (COLUMNS,), rows)


def write_records(file: TextIO, rows: Iterable[Sequence[Any]]) -> None:
    """Write the log's own records; the first row names the columns."""
    _write(file, (), rows)


def name_csv(question: Question) -> str:
    """The file's name: the scenario, the first block of each side, and the window's days."""
    blocks = "_".join(side.blocks[0].expansion_name.removesuffix(".csv") for side in question.sides)
    days = question.window.days
    raw = "raw_" if question.raw_rows else ""
    return f"{raw}{question.scenario}_{blocks}_{days[0]}_{days[-1]}.csv"


def write_moment(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, in seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _write(file: TextIO, head: Sequence[Sequence[str]], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows(head)
    writer.writerows([_write_value(value) for value in row] for row in rows)


def _write_value(value: Any) -> Any:
    return write_moment(value) if isinstance(value, datetime) else value
