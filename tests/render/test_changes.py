"""What changed as messages: within Slack's limits, and never more than the logs prove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.domain.answer import Answer
from bot.domain.changes import Change, ChangedConversation, ChangeList, Comparison, Extent, Volume
from bot.domain.cidr import parse_block
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.question import Compared, Measure, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import decide
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import Choices, Sums, ViewAnswer
from bot.domain.window import build_previous, build_window_of_days
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.render.changes import render_changes, render_doubts, write_window
from bot.render.messages import build_answer_message
from bot.render.plain_text import render_text
from bot.render.view_menu import COMPARE, LOOK_CLOSER, build_view_menu
from bot.render.views import build_view_message

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
RUN = "z" * 32
HUGE = 2**62
LONG = "2001:0db8:85a3:0000:0000:8a2e:192.168.100.100"
SHORT = "10.1.0.9"
OF_OTHERS = "No record of these days names any address of 10.0.0.0/16 or 10.1.0.0/16."
NAMED = Labels({"n" * 63: (parse_block("10.1.0.0/16").block,)})


def build_question(days: int = 10, **more: Any) -> Question:
    window = build_window_of_days(days, NOW, 400)
    side = Side((parse_block("10.1.0.0/16").block,), "n" * 63)
    return Question(
        Scenario.PEERING, side, window, compared=Compared(build_previous(window, 800), False), **more
    )


def build_list(change: Change, number: int, address: str, shown: int = 10, size: int = HUGE) -> ChangeList:
    now = Volume() if change is Change.GONE else Volume(size, size, size)
    previous = Volume() if change is Change.NEW else Volume(1, 1, 1)
    row = ChangedConversation(change, address, address, 65_535, 255, "REJECT", now, previous, NOW, NOW)
    return ChangeList(change, number, now, previous, [row] * min(number, shown))


def build_comparison(number: int, address: str = SHORT, shown: int = 10, **more: Any) -> Comparison:
    question = build_question()
    assert question.compared is not None
    days, before = question.window.days, question.compared.previous.days
    values: dict[str, Any] = {
        "window": question.window,
        "compared": replace(question.compared, is_asked_over=True),
        "measure": Measure.BYTES,
        "coverage": Coverage(days, days),
        "previous_coverage": Coverage(before, before),
        "extent": Extent.WHOLE,
        "lists": [build_list(change, number, address, shown) for change in Change],
    }
    return Comparison(**(values | more))


def build_answer(comparison: Comparison, question: Question | None = None) -> Answer:
    question = question or build_question()
    coverage, totals = Coverage(question.window.days, question.window.days), Totals()
    verdict = decide(question, totals, coverage)
    cost = Cost(HUGE, 12.5)
    return Answer(question, coverage, totals, False, verdict, [], cost, 3.0, "SELECT 1", "DuckDB", comparison)


def build_view_answer(comparison: Comparison, top: int = 10) -> ViewAnswer:
    question = build_question()
    return ViewAnswer(
        question=question,
        view=View(ViewKind.CHANGES, top=top),
        rows=[row for listed in comparison.lists for row in listed.rows],
        sums=Sums(),
        known=0,
        totals=Totals(),
        truncated=False,
        coverage=Coverage(question.window.days, question.window.days),
        choices=Choices(),
        comparison=comparison,
    )


@pytest.fixture(scope="module")
def client() -> Iterator[WebClient]:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield WebClient(slack.bot_token, base_url=slack.web_api_url)


@pytest.mark.parametrize("number", [0, 1, 10, 100_000])
@pytest.mark.parametrize("address", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("form", ["blocks", "simple"])
def test_slack_takes_what_changed(client: WebClient, number: int, address: str, form: str) -> None:
    """In the answer, with the longest names, and in the view, with as many rows as there can be."""
    unsure = {"unsure": frozenset(Change), "extent": Extent.LARGEST}
    days = build_question(366).window.days
    lacking = Coverage(days, days[::2], skipdata=HUGE, skipdata_days=days)
    for more in ({}, unsure | {"coverage": lacking, "previous_coverage": lacking}):
        comparison = build_comparison(number, address, shown=100, **more)
        answer = build_answer_message(build_answer(comparison), "x", "U1", (), NAMED)
        view = build_view_message(build_view_answer(comparison, 100), RUN, NOW, "U1")
        for message in (answer, view):
            blocks = list(getattr(message, form))
            assert client.chat_postMessage(channel="C0NETWORK0", text=message.text, blocks=blocks)["ok"]


def test_table_of_changes_has_the_names() -> None:
    message = build_view_message(build_view_answer(build_comparison(1)), RUN, NOW, labels=NAMED)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    named = f"{SHORT} ({'n' * 15}…{'n' * 14})"
    assert [cell["text"] for cell in table["rows"][1]][1:3] == [named, named]


def list_texts(blocks: Any) -> list[str]:
    return [block["text"]["text"] for block in blocks if "text" in block]


def test_answer_lists_the_first_and_counts_the_rest() -> None:
    comparison = build_comparison(17, lists=[build_list(Change.GONE, 17, SHORT)])
    _, head, gone = list_texts(build_answer_message(build_answer(comparison), "x", "U1", (), NAMED).blocks)
    assert head == "*Changes against the window before, 2026-11-01 to 2026-11-10*"
    first, *rows, more = gone.splitlines()
    assert first == "*Gone: 17 conversations, 1 B before*"
    name = "n" * 63
    ends = f"10.1.0.9 ({name}) to 10.1.0.9 ({name}) on 65535/protocol 255 (rejected)"
    assert rows == [f"• {ends}: 1 B before, last 2026-11-20 18:00 UTC"] * 5
    assert more == "and 12 more"


def test_what_there_is_none_of_is_said() -> None:
    """A list that is left out may have been forgotten."""
    lists = [ChangeList(Change.NEW), build_list(Change.GONE, 1, SHORT), ChangeList(Change.GROWN)]
    lines = render_changes(build_comparison(0, lists=lists, unsure=frozenset({Change.NEW}))).splitlines()
    assert [line for line in lines if "none" in line] == ["New: none seen", "Grown: none seen"]


def test_view_shows_equally_many_of_each() -> None:
    """A hundred new ones must not push out what is gone."""
    lists = [
        build_list(Change.NEW, 500, SHORT, shown=100),
        build_list(Change.GONE, 40, SHORT, shown=40),
        build_list(Change.GROWN, 2, SHORT, shown=2),
    ]
    message = build_view_message(build_view_answer(build_comparison(0, lists=lists), 100), RUN, NOW)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    shown = [row[0]["text"] for row in table["rows"][1:]]
    assert {change: shown.count(change) for change in shown} == {"New": 57, "Gone": 40, "Grown": 2}
    assert "the 99 of them that changed most below" in list_texts(message.blocks)[1]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ["New", "Gone", "Grown"]),
        ({"unsure": frozenset({Change.NEW, Change.GROWN})}, ["Perhaps new", "Gone", "Perhaps grown"]),
        ({"unsure": frozenset({Change.GONE})}, ["New", "Gone so far", "Grown"]),
        (
            {"unsure": frozenset({Change.GONE}), "coverage": Coverage(build_question().window.days)},
            ["New", "Perhaps gone", "Grown"],
        ),
        ({"unsure": frozenset({Change.GONE}), "doubt": OF_OTHERS}, ["New", "Perhaps gone", "Grown"]),
    ],
)
def test_nothing_is_claimed_that_is_not_sure(more: dict[str, Any], names: list[str]) -> None:
    """Neither in the text, nor in the table."""
    comparison = build_comparison(1, **more)
    text = render_changes(comparison)
    assert [line.partition(":")[0] for line in text.splitlines() if ": 1 conversation," in line] == names
    message = build_view_message(build_view_answer(comparison), RUN, NOW)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    assert [row[0]["text"] for row in table["rows"][1:]] == names


def test_whose_logs_they_are_is_said_of_either_window() -> None:
    assert render_doubts(build_comparison(1, doubt=OF_OTHERS)) == [f"What is gone is not sure. {OF_OTHERS}"]
    before = render_doubts(build_comparison(1, previous_doubt=OF_OTHERS))
    assert before == [f"What is new or grown is not sure. {OF_OTHERS}"]


def test_no_room_is_not_no_change() -> None:
    comparison = build_comparison(0, extent=Extent.NOTHING, lists=())
    said = render_changes(comparison)
    assert "Nothing can be compared" in said
    assert "none has grown" not in said
    assert "none has grown" in render_changes(build_comparison(0))


def test_text_of_the_terminal_has_the_changes() -> None:
    text = render_text(build_answer(build_comparison(1)), NO_LABELS)
    assert "\nNew: 1 conversation, 4.61 EB\n- 10.1.0.9 to 10.1.0.9 on" in text
    assert text.splitlines()[-1].startswith("DuckDB read")


@pytest.mark.parametrize(("measure", "said"), [(Measure.PACKETS, "2 packets"), (Measure.FLOWS, "3 flows")])
def test_amounts_are_in_what_is_ranked_by(measure: Measure, said: str) -> None:
    listed = ChangeList(Change.NEW, 1, Volume(flows=3, packets=2, bytes=1))
    listed = replace(listed, rows=build_list(Change.NEW, 1, SHORT).rows)
    assert f"New: 1 conversation, {said}" in render_changes(
        build_comparison(0, measure=measure, lists=[listed])
    )


def test_windows_of_times_are_named_by_them() -> None:
    hours = replace(build_window_of_days(1, NOW, 1), by_time=True)
    assert write_window(hours) == "2026-11-20 00:00 to 2026-11-21 00:00 UTC"
    assert write_window(build_window_of_days(1, NOW, 1)) == "2026-11-20"


def list_choices(question: Question, view: View) -> tuple[dict[str, str], list[str]]:
    """What can be looked at, and which buttons there are."""
    menus, buttons = build_view_menu(RUN, question, Choices(), view)
    (look,) = [menu for menu in menus["elements"] if menu["action_id"] == LOOK_CLOSER]
    options = [option for group in look["option_groups"] for option in group["options"]]
    return (
        {option["text"]["text"]: option["value"] for option in options},
        [button["action_id"] for button in buttons["elements"]],
    )


def test_what_was_compared_is_looked_at_and_what_was_not_is_offered() -> None:
    compared = build_question()
    looks, buttons = list_choices(compared, View(new_days=1))
    assert looks["Changes against the window before"] == f"1;{RUN};C-b1"
    assert COMPARE not in buttons
    looks, buttons = list_choices(replace(compared, compared=None), View())
    assert "Changes against the window before" not in looks
    assert COMPARE in buttons


def test_changes_cannot_be_narrowed_to_what_began_lately() -> None:
    looks, _ = list_choices(build_question(), View(ViewKind.CHANGES))
    assert not any("new" in text.lower() for text in looks)
