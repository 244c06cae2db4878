"""The commands in a terminal: `vpccidr ask`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.domain.command import (
    Add,
    Ask,
    Command,
    Help,
    ListBlocks,
    Remove,
    parse_command,
)
from bot.errors import RequestError, StoreError
from bot.parts import build_asker, build_engine, build_limits, build_names, build_ranges, build_registry
from bot.render.csv_file import write_records, write_rows
from bot.render.json_text import render_json
from bot.render.plain_text import list_addresses, render_text
from bot.render.replies import (
    render_added,
    render_help,
    render_listing,
    render_notes,
    render_removed,
)
from bot.settings import Settings

_COMMAND = "vpccidr ask"
_CLEAR_LINE = "\r\033[K"


@dataclass(frozen=True)
class Output:
    """Where an answer goes: text or JSON to standard output, and a CSV where a file is named."""

    as_json: bool = False
    csv: Path | None = None


def ask(line: str, settings: Settings, now: datetime, output: Output) -> None:
    """Do what a command line says and print the answer. Raises VpccidrError."""
    command = parse_command(line, now, build_limits(settings))
    if isinstance(command, Ask):
        _answer(command, settings, output, now)
    else:
        _print(_reply(command, settings))


def _reply(command: Command, settings: Settings) -> str:
    match command:
        case Help():
            return render_help(command.verb, _COMMAND)
        case Add():
            return render_added(build_registry(settings).add(command))
        case Remove():
            return render_removed(build_registry(settings).remove(command.operand))
        case ListBlocks():
            return render_listing(build_registry(settings).list())
    raise RequestError("Only the bot in Slack keeps runs and watches; here, Ctrl-C ends a question.", "list")


def _answer(command: Ask, settings: Settings, output: Output, now: datetime) -> None:
    registry = build_registry(settings)
    prepared = registry.prepare(command)
    for note in render_notes(prepared.cleared, prepared.registered):
        _tell(note)
    ranges = None if output.as_json else build_ranges(settings)
    if ranges is not None:
        ranges.renew_due(datetime.now(UTC))  # while the logs are read
    with closing(build_engine(settings)) as engine:
        asker = build_asker(settings, engine)
        question = prepared.question
        with asker.ask(question, _show_wait, now) as (answer, result):
            _clear_wait()
            if output.as_json:
                _print(render_json(answer))
            else:
                labels = build_names(settings, registry, ranges).read_labels(list_addresses(answer))
                _print(render_text(answer, labels))
            if output.csv and not question.raw_rows:
                _write_csv(output.csv, lambda file: write_rows(file, result.read_rows()))
        if output.csv and question.raw_rows:
            with asker.fetch_records(question, _show_wait) as records:
                _clear_wait()
                _write_csv(output.csv, lambda file: write_records(file, records.read_records()))


def _print(text: str) -> None:
    """Write to standard output, at once. Raises StoreError, and BrokenPipeError where nobody reads."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(f"The answer could not be written: {error.strerror}.") from error


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


def _tell(sentence: str) -> None:
    if sentence:
        print(sentence.strip(), file=sys.stderr)
