"""Nothing that the bot can send breaks one of Slack's limits, however much there is and however long it is.

Two judges: the local Slack's rules, and a walk that knows the documented limits by itself. The cases are a
table by builder, and a builder that no case covers fails.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest

import bot.render
from bot.domain.cidr import ParsedBlock
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage
from bot.domain.form import DAYS, Form, begin_disconnect
from bot.domain.help import HELP
from bot.domain.labels import NO_LABELS
from bot.domain.message import Message
from bot.domain.permission import Refusal, Rule
from bot.domain.question import Measure, Question
from bot.domain.registration import Added
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import decide
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import DayRow
from bot.domain.watch import FAILED, Memory, find_news
from bot.errors import ExpiredError, RequestError
from bot.local_slack.block_rules import require_message_blocks
from bot.local_slack.view_rules import require_view
from bot.render.changes import build_changes
from bot.render.day_chart import build_day_chart
from bot.render.disconnect import build_dependencies, build_watch_offer
from bot.render.estimates import build_consent, render_estimate
from bot.render.form import build_form, build_home
from bot.render.help_message import build_help
from bot.render.messages import (
    build_answer_message,
    build_csv_comment,
    build_failure,
    build_note,
    build_refusal,
    build_text,
)
from bot.render.permissions import build_no_permission
from bot.render.plain_text import build_cells
from bot.render.replies import render_listing, render_notes
from bot.render.runs import build_cancelled, build_continuing, build_run_list, build_running, build_said
from bot.render.talker_chart import build_talker_chart
from bot.render.view_menu import build_expired, build_view_menu
from bot.render.view_tables import build_table_block, build_view_table
from bot.render.views import build_view_message
from bot.render.watches import build_news, build_watch_changed, build_watch_list, build_watch_set
from tests.render.limit_values import (
    ADDRESSES,
    HUGE,
    LABELS,
    LONG,
    LONG_RUN_ID,
    LONG_SENTENCE,
    LONGEST_LINES,
    NOTES,
    NOW,
    NUMBERS,
    STRANGE,
    blocks_of,
    build_answer,
    build_choices,
    build_comparison,
    build_dependency_list,
    build_listing,
    build_question,
    build_row,
    build_run,
    build_sums,
    build_talkers,
    build_view_answer,
    build_watch,
    list_views,
    name,
)
from tests.render.slack_limits import find_breaches, find_text_breaches, find_view_breaches

Case = tuple[str, Callable[[], Any]]
"""What it is, and what builds it: a message, blocks of one, a view, or a text."""

MANY = (0, 1, 10, 40, 41, 400)


def list_answers() -> Iterator[Case]:
    for number, address, logs, long in product(NUMBERS, ADDRESSES, ("full", "none", "bad"), (False, True)):
        for scenario, compared in product(Scenario, (False, True)):
            if scenario is Scenario.PEERING or (address == LONG and number):
                question = build_question(scenario, long=long, compared=compared)
                label = f"{number} {address[:6]} {logs} {scenario}{' long' * long}{' compared' * compared}"
                yield label, partial(build_whole_answer, question, number, address, logs)


def build_whole_answer(question: Question, number: int, address: str, logs: str) -> Message:
    """An answer as it is posted: with its story, its offer and its menus."""
    answer = build_answer(question, number, address, logs, accepted=number != 10)
    story = build_dependencies(build_dependency_list(number, address), LABELS, LONG_SENTENCE)
    line = LONGEST_LINES[number % len(LONGEST_LINES)]
    said = build_answer_message(answer, line, "U0ANA00000", NOTES[: number and 30], LABELS, story)
    menu = build_view_menu(LONG_RUN_ID, question, build_choices(number, address))
    return said.with_foot((build_watch_offer(LONG_RUN_ID), *menu))


def build_watch_answer(news: tuple[str, ...]) -> Message:
    """An answer as a watch tells it."""
    return build_whole_answer(build_question(long=True), 100_000, LONG, "bad").with_head(
        build_news(news, "z" * 10)
    )


def list_looks() -> Iterator[Case]:
    for (label, view), number, address, logs in product(list_views(), NUMBERS, ADDRESSES, ("full", "bad")):
        yield f"{label} {number} {address[:6]} {logs}", partial(build_look, view, number, address, logs)


def build_look(view: View, number: int, address: str, logs: str) -> Message:
    view = view if logs == "bad" else replace(view, new_days=0)  # which a window of ten days has not
    answer = build_view_answer(view, number, address, logs, long=logs == "bad")
    return build_view_message(answer, LONG_RUN_ID, NOW, "U0ANA00000", LABELS if number > 1 else NO_LABELS)


def list_forms() -> Iterator[Case]:
    filled = {"port": "65535," * 400, "protocol": "tcp", "action": "rejected", "compare": "previous"}
    estimate = f"Has {render_estimate(Cost(HUGE, 1e12))}."
    for number in (0, 1, 99, 100, 101, 300):
        asked = {"asked": name(number - 1), "home": name(0)} if number else {"home": "10.0.0.0/16"}
        forms = {"empty": Form(), "disconnect": begin_disconnect(name(max(0, number - 1)))}
        forms |= {f"{s} {d}": Form(s, days=d, **asked, **filled) for s, d in product(Scenario, DAYS)}
        forms |= {"own days": Form(since="2026-11-20", until="2026-11-22")}
        forms |= {"typed": Form(asked_block="1" * 2_900, home="x" * 2_900, days=7)}
        listing = build_listing(number)
        for label, form in forms.items():
            yield f"{label}, {number} networks", partial(build_form, listing, form, estimate, "C0NETWORK0")
    yield "no estimate yet", partial(build_form, build_listing(1), Form(), "…")
    yield "a failure in place of the estimate", partial(build_form, build_listing(1), Form(), LONG_SENTENCE)


def list_homes() -> Iterator[Case]:
    for number, line in product(MANY, LONGEST_LINES):
        runs, watches = (
            [build_run(n, line) for n in range(number)],
            [build_watch(n, line) for n in range(number)],
        )
        yield f"{number} of {line[:9]}", partial(build_home, build_listing(number), runs, watches, "U1")


def list_lists() -> Iterator[Case]:
    for number, line in product(MANY, LONGEST_LINES):
        label = f"{number} of {line[:9]}"
        yield f"runs {label}", partial(build_run_list, [build_run(n, line) for n in range(number)], "U1")
        yield (
            f"watches {label}",
            partial(build_watch_list, [build_watch(n, line) for n in range(number)], "U1"),
        )


def list_tables() -> Iterator[Case]:
    for kind, number, address in product(ViewKind, NUMBERS, ADDRESSES):
        if kind is ViewKind.CHANGES:
            comparison = build_comparison(build_question(compared=True), number, address, "full")
            yield (
                f"{kind} {number} {address[:6]}",
                lambda c=comparison: build_table_block(build_view_table(ViewKind.CHANGES, [], c, LABELS)),
            )
        elif kind is not ViewKind.DAYS:
            rows = [build_row(kind, n, address) for n in range(min(number, 300))]
            yield (
                f"{kind} {number} {address[:6]}",
                lambda k=kind, r=rows: build_table_block(build_view_table(k, r, None, LABELS)),
            )


def list_menus() -> Iterator[Case]:
    for (label, view), number, address in product(list_views(), NUMBERS, ADDRESSES):
        question = build_question(long=number > 10, compared=view.kind is ViewKind.CHANGES)
        choices = build_choices(number, address)
        yield (
            f"{label} {number} {address[:6]}",
            partial(build_view_menu, LONG_RUN_ID, question, choices, view),
        )


def list_charts() -> Iterator[Case]:
    for days, measure in product((1, 20, 21, 366, 3_660), Measure):
        rows = [DayRow(NOW.date() - timedelta(days=n), build_sums(1), bool(n % 2)) for n in range(days)][::-1]
        yield f"{days} days by {measure}", partial(build_day_chart, rows, measure)


def list_talker_charts() -> Iterator[Case]:
    for number, address, measure in product(NUMBERS, ADDRESSES, Measure):
        answer = build_answer(build_question(measure=measure), number, address, "full")
        yield f"{number} {address[:6]} by {measure}", partial(build_talker_chart, answer)


def list_changes() -> Iterator[Case]:
    for number, address, logs, long in product(NUMBERS, ADDRESSES, ("full", "none", "bad"), (False, True)):
        comparison = build_comparison(build_question(long=long, compared=True), number, address, logs)
        yield f"{number} {address[:6]} {logs}{' long' * long}", partial(build_changes, comparison, LABELS)
    yield "nobody asked", partial(build_changes, None, LABELS)


def list_refusals() -> Iterator[Case]:
    ids = {letter: frozenset(f"{letter}{n:010}" for n in range(300)) for letter in "USCD"}
    rules = {
        "people": Rule(users=ids["U"], groups=ids["S"]),
        "places": Rule(channels=ids["C"] | ids["D"]),
        "both": Rule(ids["U"], ids["S"], ids["C"]),
        "one": Rule(users=frozenset({"U0ANA00000"})),
    }
    return (
        (label, partial(build_no_permission, Refusal("Questions may be asked", rule)))
        for label, rule in rules.items()
    )


def list_what_is_said() -> Iterator[Case]:
    blocks = blocks_of(400)
    added = [Added(ParsedBlock(block, LONG * 3), name(n), True, blocks) for n, block in enumerate(blocks[:9])]
    news = find_news(
        Memory(FAILED), decide(build_question(), Totals(), Coverage((), ())).code, build_talkers(100, LONG)
    )
    for sentence in (LONG_SENTENCE, *news, *render_notes((), added), "<!channel> *&", "a\nb" * 3_000):
        yield f"note {sentence[:20]}", partial(build_note, sentence)
        yield f"said {sentence[:20]}", partial(build_said, sentence, "U0ANA00000")


def each_line(build: Callable[[str], Any]) -> list[Case]:
    return [(line[:20] or "empty", partial(build, line)) for line in (*LONGEST_LINES, STRANGE)]


CASES: Mapping[str, list[Case]] = {
    "changes.build_changes": list(list_changes()),
    "day_chart.build_day_chart": list(list_charts()),
    "disconnect.build_dependencies": [
        (
            f"{number} {address[:6]} {doubt[:5]}",
            partial(build_dependencies, build_dependency_list(number, address), LABELS, doubt),
        )
        for number, address, doubt in product(NUMBERS, ADDRESSES, ("", LONG_SENTENCE))
    ],
    "disconnect.build_watch_offer": [("one", partial(build_watch_offer, LONG_RUN_ID))],
    "estimates.build_consent": each_line(lambda line: build_consent(line, Cost(HUGE, 1e12), NOTES)),
    "form.build_form": list(list_forms()),
    "form.build_home": list(list_homes()),
    "help_message.build_help": [(verb or "all", partial(build_help, verb)) for verb in ("", *HELP)],
    "messages.build_answer_message": list(list_answers()),
    "messages.build_csv_comment": [
        (f"{cut} {raw}", partial(build_csv_comment, build_question(raw_rows=raw), cut=cut))
        for cut, raw in product((True, False), (0, HUGE))
    ],
    "messages.build_failure": each_line(lambda line: build_failure(LONG_SENTENCE, line, "U0ANA00000")),
    "messages.build_note": list(list_what_is_said()),
    "messages.build_refusal": each_line(lambda line: build_refusal(RequestError(LONG_SENTENCE, line))),
    "messages.build_text": [
        (f"{number}", lambda n=number: build_text(render_listing(build_listing(n))))
        for number in (0, 1, 10, 400, 4_000)
    ],
    "permissions.build_no_permission": list(list_refusals()),
    "plain_text.build_cells": [("a row", lambda: " ".join(build_cells(build_talkers(1, LONG)[0], LABELS)))],
    "runs.build_cancelled": each_line(lambda line: build_cancelled(build_run(5, line))),
    "runs.build_continuing": each_line(lambda line: build_continuing(build_run(1, line))),
    "runs.build_run_list": list(list_lists()),
    "runs.build_running": each_line(lambda line: build_running(build_run(0, line), "DuckDB", NOTES)),
    "runs.build_said": list(list_what_is_said()),
    "talker_chart.build_talker_chart": list(list_talker_charts()),
    "view_menu.build_expired": each_line(lambda line: build_expired(ExpiredError(LONG_RUN_ID, line))),
    "view_menu.build_view_menu": list(list_menus()),
    "view_tables.build_table_block": list(list_tables()),
    "view_tables.build_view_table": list(list_tables()),
    "views.build_view_message": list(list_looks()),
    "watches.build_news": [
        (f"{len(news)}", partial(build_watch_answer, news)) for news in (NOTES[:1], NOTES[:2], ("x",), ())
    ],
    "watches.build_watch_changed": [
        (f"{verb} {line[:9]}", partial(build_watch_changed, verb, build_watch(1, line), "U1"))
        for verb, line in product(("pause", "resume", "unwatch"), LONGEST_LINES)
    ],
    "watches.build_watch_list": list(list_lists()),
    "watches.build_watch_set": each_line(lambda line: build_watch_set(build_watch(1, line))),
}


def list_builders() -> set[str]:
    """The public builders of every module of `bot.render`, also of one that is added tomorrow."""
    found = set()
    for module in pkgutil.iter_modules(bot.render.__path__):
        parts = vars(importlib.import_module(f"bot.render.{module.name}"))
        found |= {
            f"{module.name}.{each}"
            for each, value in parts.items()
            if each.startswith("build_")
            and inspect.isfunction(value)
            and value.__module__.endswith(module.name)
        }
    return found


def test_every_builder_has_its_cases() -> None:
    builders = list_builders()
    assert len(builders) > 20
    assert builders == set(CASES)
    assert all(CASES.values())


def find_problems(built: Any) -> list[str]:
    """What either judge has against something that is sent."""
    match built:
        case Message():
            forms = [built.blocks, built.simple] if built.simple else [built.blocks]
            return find_text_breaches(built.text) + [each for form in forms for each in judge_blocks(form)]
        case str():
            return find_text_breaches(built)
        case {"type": "modal" | "home" as kind}:
            return find_view_breaches(built) + refusals(lambda: require_view(built, kind))
        case dict():
            return judge_blocks([built])
    return judge_blocks(built)


def judge_blocks(blocks: Any) -> list[str]:
    return find_breaches(blocks) + refusals(lambda: require_message_blocks(list(blocks)))


def refusals(require: Callable[[], object]) -> list[str]:
    try:
        require()
    except Exception as error:  # noqa: BLE001 - whatever it says is wanted, of all cases at once
        return [f"{error!r} {vars(error)}"]
    return []


@pytest.mark.parametrize("builder", sorted(CASES))
def test_slack_takes_everything(builder: str) -> None:
    """A message that Slack refuses is an answer that nobody gets."""
    found = {label: problems for label, build in CASES[builder] if (problems := find_problems(build()))}
    assert not found, f"{len(found)} of {len(CASES[builder])}: {dict(list(found.items())[:5])}"
