"""Views of a finished scan as messages: honest about what they cannot know, and within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.domain.address import Address
from bot.domain.cidr import parse_block
from bot.domain.coverage import Coverage
from bot.domain.labels import Labels
from bot.domain.question import Action, Filters, Side
from bot.domain.totals import Totals
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import (
    ViewAnswer,
)
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.render.views import build_view_message, render_heading, render_sums
from tests.render.view_values import (
    HUGE,
    LONG,
    NOW,
    RUN,
    SHORT,
    build_answer,
    build_question,
    build_row,
    build_sums,
    list_views,
)


@pytest.fixture(scope="module")
def client() -> Iterator[WebClient]:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield WebClient(slack.bot_token, base_url=slack.web_api_url)


def post(client: WebClient, text: str, blocks: Sequence[Any]) -> bool:
    return bool(client.chat_postMessage(channel="C0NETWORK0", text=text, blocks=list(blocks))["ok"])


@pytest.mark.parametrize("view", list_views(), ids=lambda view: view.kind)
@pytest.mark.parametrize("number", [0, 1, 10, 100_000])
@pytest.mark.parametrize("address", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("form", ["blocks", "simple"])
def test_slack_takes_the_view(
    client: WebClient, view: View, number: int, address: Address, form: str
) -> None:
    """A message that Slack refuses is an answer that nobody gets."""
    message = build_view_message(build_answer(view, number, address), RUN, NOW, "U1")
    assert post(client, message.text, getattr(message, form))


@pytest.mark.parametrize("form", ["blocks", "simple"])
@pytest.mark.parametrize("view", list_views(service_port=65_535, protocol=255, new_days=300))
def test_slack_takes_the_longest_of_everything(client: WebClient, view: View, form: str) -> None:
    question = build_question(366, "n" * 63, home=Side((parse_block("10.0.0.0/16").block,), "m" * 63))
    days = question.window.days
    coverage = Coverage(days, days[::2], skipdata=HUGE, skipdata_days=days)
    view = view if view.pair else replace(view, host=LONG, subnet=parse_block("255.255.255.0/24").block)
    answer = build_answer(view, 100_000, LONG, question, truncated=True, coverage=coverage)
    message = build_view_message(answer, RUN, NOW, "U1")
    assert post(client, message.text, getattr(message, form))


NAMELESS = {ViewKind.PORTS, ViewKind.DAYS, ViewKind.CHANGES, ViewKind.PATHS, ViewKind.SERVICES}
NAMED = [kind for kind in ViewKind if kind not in NAMELESS]


@pytest.mark.parametrize("form", ["blocks", "simple"])
@pytest.mark.parametrize("kind", NAMED)
def test_addresses_have_their_names(client: WebClient, kind: ViewKind, form: str) -> None:
    """As long as names can be: the table gets fewer rows, and the sums say how many."""
    labels = Labels({"n" * 63: (parse_block("10.1.0.0/16").block,)})
    answer = build_answer(View(kind, top=100, pair=(SHORT, SHORT)), 100_000)
    message = build_view_message(answer, RUN, NOW, "U1", labels)
    assert post(client, message.text, getattr(message, form))
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    named = f"{SHORT} ({'n' * 15}…{'n' * 14})"
    assert all(named in {cell["text"] for cell in row} for row in table["rows"][1:])
    assert f"the top {len(table['rows']) - 1} by bytes below" in message.text


# What is said


def test_a_view_reads_as_it_should() -> None:
    """The whole message, as a person gets it."""
    view = View(ViewKind.PORTS, action=Action.ACCEPT, host=SHORT)
    message = build_view_message(build_answer(view, 1), RUN, NOW, "U1")
    assert [block["type"] for block in message.blocks] == [
        *("section", "section", "table", "context", "actions", "actions")
    ]
    texts = [block["text"]["text"] for block in message.blocks[:2]]
    assert texts == [
        ":mag: *Service ports: traffic with 10.1.0.0/16, accepted only, host 10.1.0.9*",
        "1 conversation · 4,611,686,018,427,387,904 flows · 4,611,686,018,427,387,904 packets · 4.61 EB · "
        "seen 2026-11-20 18:00 to 2026-11-20 18:00 UTC",
    ]
    foot = [each["text"] for each in message.blocks[3]["elements"]]
    assert foot == [
        "From the finished scan of 2026-11-20 18:00 UTC over 2026-11-11 to 2026-11-20: no new scan, this cost "
        "nothing",
        "Asked by <@U1>",
    ]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View(), "Conversations: traffic with 10.1.0.0/16"),
        (View(ViewKind.HOSTS_ASKED), "Hosts in 10.1.0.0/16: traffic with 10.1.0.0/16"),
        (View(service_port=0), "Conversations: traffic with 10.1.0.0/16, service port 0"),
        (View(service_port=53, protocol=17), "Conversations: traffic with 10.1.0.0/16, service port 53/UDP"),
        (View(protocol=0), "Conversations: traffic with 10.1.0.0/16, over HOPOPT"),
        (
            View(ViewKind.PAIR, pair=(SHORT, LONG)),
            f"First and last seen: traffic with 10.1.0.0/16, between 10.1.0.9 and {LONG}",
        ),
        (View(new_days=1), "Conversations: traffic with 10.1.0.0/16, not seen before 2026-11-20"),
        (
            View(subnet=parse_block("10.1.3.0/24").block, action=Action.REJECT),
            "Conversations: traffic with 10.1.0.0/16, rejected only, subnet 10.1.3.0/24",
        ),
    ],
)
def test_filters_are_said_in_words(view: View, expected: str) -> None:
    assert render_heading(build_answer(view, 1)) == expected


def test_the_action_of_the_scan_is_said_too() -> None:
    """Otherwise a look at a scan of rejected traffic would seem to show everything."""
    question = build_question(filters=Filters(action=Action.REJECT))
    assert render_heading(build_answer(View(), 1, question=question)).endswith("10.1.0.0/16, rejected only")


EMPTY = {
    "nothing was found at all": (build_answer(View(), 0), "The scan found no conversation."),
    "nothing passes": (
        build_answer(View(action=Action.REJECT), 0, totals=Totals(12), known=12),
        "None of the 12 conversations that the scan found.",
    ),
    "nothing of what the result holds passes": (
        build_answer(View(action=Action.REJECT), 0, totals=Totals(12_000), known=500, truncated=True),
        "None of the 500 conversations that the result holds, but the scan found 12,000: ask anew with this "
        "filter to be sure.",
    ),
    "the scan had left it out": (
        build_answer(View(service_port=22), 0, totals=Totals(12), known=12, conflict="port 22"),
        "The scan had left port 22 out, so it cannot tell: ask anew.",
    ),
    "nobody is on the other side": (
        build_answer(View(ViewKind.HOSTS_OTHER), 0, totals=Totals(12), known=12, sums=build_sums(12)),
        "No host of the 12 conversations is on this side.",
    ),
}


@pytest.mark.parametrize("case", EMPTY)
def test_an_empty_view_claims_no_more_than_it_knows(case: str) -> None:
    answer, expected = EMPTY[case]
    assert render_sums(answer) == expected
    assert "table" not in {block["type"] for block in build_view_message(answer, RUN, NOW).blocks}


def list_warnings(answer: ViewAnswer) -> list[str]:
    blocks = build_view_message(answer, RUN, NOW).simple
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return [text.removeprefix(":warning: ") for text in texts if text.startswith(":warning:")]


@pytest.mark.parametrize("view", list_views(), ids=lambda view: view.kind)
@pytest.mark.parametrize("number", [0, 30])
def test_a_truncated_result_is_told(view: View, number: int) -> None:
    """Whatever is looked at, and whether there is anything to see or not."""
    answer = build_answer(view, number, truncated=True, known=500, totals=Totals(12_000))
    assert list_warnings(answer) == [
        "The result holds only the largest 500 of 12,000 conversations by bytes; the smaller ones are in none "
        "of these numbers."
    ]


def test_incomplete_logs_are_told() -> None:
    days = build_question().window.days
    coverage = Coverage(days, days[1:])
    assert list_warnings(build_answer(View(), 3, coverage=coverage)) == [
        "The logs are not complete: no logs of 1 of 10 days (2026-11-11)."
    ]


def test_new_is_only_as_sure_as_the_earlier_days() -> None:
    days = build_question().window.days
    coverage = Coverage(days, days[1:])
    (warning,) = list_warnings(build_answer(View(new_days=1), 3, coverage=coverage))
    assert warning.startswith("The logs are not complete, so what seems new need not be: no logs of 1")


@pytest.mark.parametrize(
    ("kind", "number", "top", "address", "said"),
    [
        (ViewKind.TALKERS, 9, 10, SHORT, ""),
        (ViewKind.TALKERS, 30, 10, SHORT, "the top 10 by bytes below"),
        (ViewKind.TALKERS, 300, 100, SHORT, "the top 79 by bytes below"),
        (ViewKind.TALKERS, 300, 100, LONG, "the top 40 by bytes below"),
        (ViewKind.DAYS, 99, 10, SHORT, ""),
        (ViewKind.DAYS, 366, 10, SHORT, "the latest 99 of 366 days below"),
    ],
)
def test_how_much_is_shown_is_true(
    kind: ViewKind, number: int, top: int, address: Address, said: str
) -> None:
    """A table of Slack's takes a hundred lines, its heading among them, and only so much text."""
    answer = build_answer(View(kind, top=top), number, address)
    (table,) = [block for block in build_view_message(answer, RUN, NOW).blocks if block["type"] == "table"]
    shown = len(table["rows"]) - 1
    assert shown == (int(said.split()[2]) if said else number)
    last = render_sums(answer).rpartition(" · ")[2]
    assert last == said if said else last.startswith("seen")


def test_days_show_the_latest() -> None:
    message = build_view_message(build_answer(View(ViewKind.DAYS), 366), RUN, NOW)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    days = [row[0]["text"] for row in table["rows"][1:]]
    assert (days[0], days[-1]) == ("2026-08-14", "2026-11-20")


# Over time


@pytest.mark.parametrize(("kind", "number"), list(product([ViewKind.TALKERS, ViewKind.DAYS], [0, 1])))
def test_nothing_foreign_is_markup(kind: ViewKind, number: int) -> None:
    """What the logs hold in an address's place must not wake anybody."""
    rows = [build_row(kind, n, "<!channel>.", build_sums(1)) for n in range(number)]
    message = build_view_message(build_answer(View(kind), number, rows=rows), RUN, NOW)
    without_table = [block for block in message.blocks if block["type"] != "table"]
    assert "<!" not in str((without_table, message.simple, message.text))
