"""What a terminal prints of an answer, and the CSV beside it.

Nothing of this is needed before the engine has begun its work, and it is loaded then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.errors import StoreError
from bot.render.csv_file import write_records, write_rows
from bot.render.json_text import render_json
from bot.render.plain_text import list_addresses, render_text
from bot.services.answers import build_answer
from bot.services.asking import Asked
from bot.services.names import Names
from bot.services.ports import Outcome, Reports, Result

_CLEAR_LINE = "\r\033[K"


def print_answer(
    asked: Asked, reports: Reports, names: Names | None, now: datetime, csv: Path | None
) -> None:
    """Wait for an answer, print it as of `now`, and write all its rows to a CSV where one is named.

    It is a text with the `names` of its addresses, or JSON where there are none. Raises VpccidrError.
    """
    with _wait(asked, reports) as (outcome, result):
        answer = build_answer(
            asked.scan.question,
            outcome,
            result,
            statement=asked.scan.statement,
            engine=asked.engine_name,
            elapsed_s=asked.elapsed_s,
            now=now,
        )
        if names is None:
            print_text(render_json(answer))
        else:
            print_text(render_text(answer, names.read_labels(list_addresses(answer))))
        if csv:
            _write_csv(csv, lambda file: write_rows(file, result.read_rows()))


def save_records(asked: Asked, reports: Reports, csv: Path) -> None:
    """Wait for the log's own records, and write them to a CSV. Raises VpccidrError."""
    with _wait(asked, reports) as (_, records):
        _write_csv(csv, lambda file: write_records(file, records.read_records()))


def print_text(text: str) -> None:
    """Write to standard output, at once. Raises StoreError, and BrokenPipeError where nobody reads."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(f"The answer could not be written: {error.strerror}.") from error


@contextmanager
def _wait(asked: Asked, reports: Reports) -> Iterator[tuple[Outcome, Result]]:
    """The result of a scan, which is gone afterwards."""
    outcome = asked.wait(_show_wait)
    try:
        with closing(reports.load(outcome.result, asked.limit)) as result:
            _clear_wait()
            yield outcome, result
    finally:
        outcome.result.unlink(missing_ok=True)


def _write_csv(path: Path, write: Callable[[TextIO], None]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            write(file)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror}.") from error


def _show_wait(seconds: float) -> None:
    if sys.stderr.isatty():
        print(f"{_CLEAR_LINE}scanning the flow logs, {seconds:.0f} s", end="", file=sys.stderr, flush=True)


def _clear_wait() -> None:
    if sys.stderr.isatty():
        print(_CLEAR_LINE, end="", file=sys.stderr, flush=True)
