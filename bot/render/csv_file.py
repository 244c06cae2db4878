"""The CSV of an answer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from itertools import chain
from typing import Any, TextIO

from bot.domain.changes import ChangedConversation
from bot.domain.conversation import Conversation
from bot.domain.question import Question
from bot.domain.view import View
from bot.domain.view_answer import DayRow, Sums, ViewRow

COLUMNS = ("day", *Conversation.__dataclass_fields__)
_SUMS = tuple(field.name for field in fields(Sums))


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


def write_view(file: TextIO, rows: Iterable[ViewRow]) -> None:
    """Write a header line and a view's rows; of a day without logs nothing is known but that."""
    rows = iter(rows)
    first = next(rows, None)
    if first is not None:
        _write(file, (_name_columns(first),), map(_list_values, chain((first,), rows)))


def name_view_csv(question: Question, view: View) -> str:
    """The file's name: what its rows are, and then as the CSV of the answer."""
    return f"{view.kind}_{name_csv(question)}"


def _name_columns(row: ViewRow) -> list[str]:
    if isinstance(row, ChangedConversation):
        return list(_list_changed(row))
    names = [field.name for field in fields(row) if field.name != "sums"]
    return names if isinstance(row, Conversation) else [*names, *_SUMS]


def _list_values(row: ViewRow) -> list[Any]:
    if isinstance(row, ChangedConversation):
        return list(_list_changed(row).values())
    values = [getattr(row, field.name) for field in fields(row) if field.name != "sums"]
    if isinstance(row, Conversation):
        return values
    is_known = not isinstance(row, DayRow) or row.is_logged
    return [*values, *(getattr(row.sums, name) if is_known else None for name in _SUMS)]


def _list_changed(row: ChangedConversation) -> dict[str, Any]:
    """A conversation that changed, flat; the columns of the window before have that in their names."""
    names = [field.name for field in fields(row)]
    named = {name: getattr(row, name) for name in names if name not in {"now", "previous"}}
    before = {f"previous_{name}": value for name, value in asdict(row.previous).items()}
    return {**named, **asdict(row.now), **before}


def write_moment(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, in seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _write(file: TextIO, head: Sequence[Sequence[str]], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows(head)
    writer.writerows([_write_value(value) for value in row] for row in rows)


def _write_value(value: Any) -> Any:
    return write_moment(value) if isinstance(value, datetime) else value
