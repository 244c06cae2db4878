"""The commands in a terminal: `vpccidr ask`."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.command import (
    Add,
    Ask,
    Command,
    Help,
    ListBlocks,
    Remove,
    parse_command,
)
from bot.errors import RequestError
from bot.parts import build_engine, build_limits, build_names, build_ranges, build_registry, build_reports
from bot.services.asking import ask_for_answer, ask_for_records
from bot.services.registry import Prepared
from bot.settings import Settings

_COMMAND = "vpccidr ask"


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
        _reply(command, settings)


# What replies and answers are written with is loaded when it is needed: an engine can begin without it.


def _reply(command: Command, settings: Settings) -> None:
    from bot.printing import print_text  # noqa: PLC0415
    from bot.render.replies import render_added, render_help, render_listing, render_removed  # noqa: PLC0415

    match command:
        case Help():
            reply = render_help(command.verb, _COMMAND)
        case Add():
            reply = render_added(build_registry(settings).add(command))
        case Remove():
            reply = render_removed(build_registry(settings).remove(command.operand))
        case ListBlocks():
            reply = render_listing(build_registry(settings).list())
        case _:
            raise RequestError(
                "Only the bot in Slack keeps runs and watches; here, Ctrl-C ends a question.", "list"
            )
    print_text(reply)


def _answer(command: Ask, settings: Settings, output: Output, now: datetime) -> None:
    registry = build_registry(settings)
    prepared = registry.prepare(command)
    _tell_notes(prepared)
    question = prepared.question
    ranges = None if output.as_json else build_ranges(settings)
    if ranges is not None:
        ranges.renew_due(datetime.now(UTC))  # while the logs are read
    with closing(build_engine(settings)) as engine:
        asked = ask_for_answer(engine, question, settings.max_rows)
        reports = build_reports()
        from bot.printing import print_answer, save_records  # noqa: PLC0415

        names = None if output.as_json else build_names(settings, registry, ranges)
        print_answer(asked, reports, names, now, None if question.raw_rows else output.csv)
        if output.csv and question.raw_rows:
            save_records(ask_for_records(engine, question), reports, output.csv)


def _tell_notes(prepared: Prepared) -> None:
    """What was understood and done before the question could be asked."""
    if prepared.cleared or prepared.registered:
        from bot.render.replies import render_notes  # noqa: PLC0415

        for note in render_notes(prepared.cleared, prepared.registered):
            print(note, file=sys.stderr)
