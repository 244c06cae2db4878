"""Views of a finished scan as messages: honest about what they cannot know, and within Slack's limits."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.domain.address import Address
from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.labels import Labels
from bot.domain.question import Action, Filters, Measure, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.view import View, ViewKind, parse_view
from bot.domain.view_answer import (
    Choices,
    DayRow,
    HostRow,
    PathRow,
    PortRow,
    ServiceRow,
    SubnetRow,
    Sums,
    ViewAnswer,
    ViewRow,
)
from bot.domain.window import build_window_of_days
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.render.csv_file import name_view_csv, write_view
from bot.render.day_chart import build_day_chart
from bot.render.view_menu import VIEW_BUTTONS, VIEW_MENUS, build_view_menu
from bot.render.views import build_view_message, render_heading, render_sums

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
RUN = "z" * 32
HUGE = 2**62
LONG = Address("2001:0db8:85a3:0000:0000:8a2e:192.168.100.100")
SHORT = Address("10.1.0.9")
FIRST_DAY = date(2025, 11, 20)


def build_question(days: int = 10, name: str = "", **more: Any) -> Question:
    side = Side((parse_block("10.1.0.0/16").block,), name)
    return Question(Scenario.PEERING, side, build_window_of_days(days, NOW, 400), **more)


def build_sums(conversations: int, size: int = 1000) -> Sums:
    return Sums(conversations, size, size, size, NOW, NOW) if conversations else Sums()


def build_row(kind: ViewKind, number: int, address: str, sums: Sums) -> ViewRow:  # noqa: PLR0911 - as many as kinds
    if kind is ViewKind.PATHS:
        return PathRow(number % 99 + 1, 99, 4 + number % 2, sums)
    if kind is ViewKind.SERVICES:
        return ServiceRow("S" * 60, number, number, sums)
    match kind:
        case ViewKind.PORTS:
            return PortRow(65_535 - number % 1000, 255, number, number, sums)
        case ViewKind.HOSTS_ASKED | ViewKind.HOSTS_OTHER:
            return HostRow(address, number, sums.bytes, sums.bytes, sums)
        case ViewKind.SUBNETS:
            return SubnetRow(address, address, number, number, sums)
        case ViewKind.DAYS:
            return DayRow(FIRST_DAY + timedelta(days=number % 366), sums)
    return Conversation(address, address, 65_535, 255, "ACCEPT", HUGE, HUGE, HUGE, HUGE, 0, NOW, NOW)


def build_choices(question: Question, number: int, address: Address) -> Choices:
    """As many as the service offers."""
    ports = [build_row(ViewKind.PORTS, n, address.text, build_sums(1, HUGE)) for n in range(min(number, 20))]
    return Choices(
        ports=tuple(row for row in ports if isinstance(row, PortRow)),
        asked_hosts=tuple(
            HostRow(address.text, 1, 1, 1, build_sums(1, HUGE)) for _ in range(min(number, 20))
        ),
        other_hosts=tuple(
            HostRow(f"10.0.0.{n}", 1, 1, 1, build_sums(1, HUGE)) for n in range(min(number, 20))
        ),
        pairs=tuple((address, Address(f"10.0.0.{n}")) for n in range(min(number, 10))),
    )


def build_answer(
    view: View,
    number: int,
    address: Address = SHORT,
    question: Question | None = None,
    **more: Any,
) -> ViewAnswer:
    """A view with so many rows before its top cuts them."""
    question = question or build_question()
    sums = build_sums(number, HUGE)
    shown = min(number, 366 if view.kind is ViewKind.DAYS else view.top)
    values: dict[str, Any] = {
        "rows": [build_row(view.kind, n, address.text, sums) for n in range(shown)],
        "sums": sums,
        "known": number,
        "totals": Totals(number, HUGE, HUGE, HUGE),
        "truncated": False,
        "coverage": Coverage(question.window.days, question.window.days),
        "choices": build_choices(question, number, address),
    }
    return ViewAnswer(question=question, view=view, **(values | more))


def list_views(**more: Any) -> list[View]:
    pairs: dict[ViewKind, Any] = {ViewKind.PAIR: (LONG, LONG)}
    kinds = [kind for kind in ViewKind if kind is not ViewKind.CHANGES]  # tests/render/test_changes.py
    return [View(kind, top=100, pair=pairs.get(kind), **more) for kind in kinds]


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


def build_days(number: int, *silent: int) -> list[DayRow]:
    return [
        DayRow(
            FIRST_DAY + timedelta(days=n), build_sums(1, 10) if n not in silent else Sums(), n not in silent
        )
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("days", "bars", "title"),
    [
        (1, 1, "Bytes per day"),
        (20, 20, "Bytes per day"),
        (21, 3, "Bytes per week"),
        (140, 20, "Bytes per week"),
        (141, 11, "Bytes per 2 weeks"),
        (366, 18, "Bytes per 3 weeks"),
        (3660, 20, "Bytes per 27 weeks"),
    ],
)
def test_bars(days: int, bars: int, title: str) -> None:
    """Never more than Slack draws, and nothing lost between them."""
    chart = build_day_chart(build_days(days), Measure.BYTES)
    points = chart["chart"]["series"][0]["data"]
    assert (len(points), chart["title"]) == (bars, title)
    assert sum(point["value"] for point in points) == 10 * days


def test_a_day_without_logs_is_no_quiet_day() -> None:
    rows = build_days(3, 1)
    chart = build_day_chart(rows, Measure.BYTES)
    assert chart["chart"]["axis_config"]["categories"] == ["2025-11-20", "2025-11-21 no logs", "2025-11-22"]
    message = build_view_message(build_answer(View(ViewKind.DAYS), 3, rows=rows), RUN, NOW)
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    assert [cell["text"] for cell in table["rows"][2]] == ["2025-11-21", "no logs", "-", "-", "-", "-"]
    file = io.StringIO()
    write_view(file, rows)
    assert file.getvalue().splitlines()[2] == "2025-11-21,False,,,,,,"


def test_a_bar_of_fewer_days_is_no_drop() -> None:
    """The first week lacks the logs of two days, and the last has only begun."""
    chart = build_day_chart(build_days(23, 3, 4, *range(7, 14)), Measure.BYTES)["chart"]
    assert chart["axis_config"]["categories"] == [
        "2025-11-20, 5 days",
        "2025-11-27 no logs",
        "2025-12-04",
        "2025-12-11, 2 days",
    ]


def test_a_day_that_is_not_over_is_no_drop() -> None:
    """An hour after midnight the last bar is low, whatever goes on."""
    for day, is_said in ((NOW.date(), True), (NOW.date() - timedelta(days=1), False)):
        answer = build_answer(View(ViewKind.DAYS), 1, rows=[DayRow(day, build_sums(1))])
        said = str(build_view_message(answer, RUN, NOW).blocks)
        assert (f"{day} was not over when it was scanned" in said) == is_said


@pytest.mark.parametrize("measure", Measure)
def test_the_chart_shows_what_ranks(measure: Measure) -> None:
    days = [DayRow(FIRST_DAY, Sums(1, flows=2, packets=3, bytes=4, first_seen=NOW, last_seen=NOW))]
    (point,) = build_day_chart(days, measure)["chart"]["series"][0]["data"]
    assert point["value"] == {Measure.FLOWS: 2, Measure.PACKETS: 3, Measure.BYTES: 4}[measure]


# The menu


def list_options(menu: Sequence[dict[str, Any]]) -> dict[str, dict[str, View]]:
    """The views of each menu by the text that is chosen."""
    return {
        element["action_id"]: {
            option["text"]["text"]: parse_view(option["value"]).view
            for group in element["option_groups"]
            for option in group["options"]
        }
        for element in menu[0]["elements"]
    }


def build_options(view: View | None = None, **more: Any) -> dict[str, dict[str, View]]:
    question = build_question(**more)
    return list_options(build_view_menu(RUN, question, build_choices(question, 3, SHORT), view))


def test_what_an_answer_offers() -> None:
    look, port, host = build_options().values()
    assert list(look) == [
        *("Ports", "Hosts in 10.1.0.0/16", "Hosts on the other side", "Subnets (/24)", "Over time"),
        *("Accepted only", "Rejected only", "Only new since 2026-11-20"),
        *("Top 25", "Top 100", "Packets", "Flows"),
    ]
    assert list(port) == [f"{65_535 - n}/protocol 255  4.61 EB" for n in range(3)]
    assert list(host) == [
        "10.1.0.9  4.61 EB",
        *(f"10.0.0.{n}  4.61 EB" for n in range(3)),
        *(f"10.1.0.9 and 10.0.0.{n}" for n in range(3)),
    ]


def test_a_choice_keeps_the_others() -> None:
    """Narrowing goes on from what is shown."""
    view = View(ViewKind.PORTS, action=Action.REJECT, service_port=443, protocol=6, host=SHORT, new_days=1)
    look, port, host = build_options(view).values()
    assert look["Over time"] == replace(view, kind=ViewKind.DAYS)
    assert look["Accepted and rejected"] == replace(view, action=None)
    assert look["New or not"] == replace(view, new_days=0)
    assert look["All of the answer"] == View()
    assert port["Every port"] == replace(view, service_port=None, protocol=None)
    assert host["Every host"] == replace(view, host=None)
    pair = replace(view, kind=ViewKind.PAIR, host=None, pair=(SHORT, Address("10.0.0.1")))
    assert host["10.1.0.9 and 10.0.0.1"] == pair


def test_one_port_is_shown_as_conversations() -> None:
    """A list of one port says nothing."""
    ports = build_options(View(ViewKind.PORTS))["view_port"]
    assert {view.kind for text, view in ports.items()} == {ViewKind.TALKERS}
    days = build_options(View(ViewKind.DAYS))["view_port"]
    assert {view.kind for view in days.values()} == {ViewKind.DAYS}


@pytest.mark.parametrize("kind", [kind for kind in ViewKind if kind is not ViewKind.PAIR])
def test_no_option_shows_what_is_shown(kind: ViewKind) -> None:
    view = View(kind)
    assert all(view not in options.values() for options in build_options(view).values())


def test_no_action_is_offered_that_the_scan_left_out() -> None:
    look = build_options(filters=Filters(action=Action.ACCEPT))["view_look"]
    assert not {"Accepted only", "Rejected only", "Accepted and rejected"} & set(look)


def test_nothing_is_new_on_the_only_day() -> None:
    assert not [text for text in build_options(days=1)["view_look"] if text.startswith("Only new")]


def test_hosts_that_are_no_addresses_are_not_offered() -> None:
    """Logs can hold anything; a menu's value is checked when it comes back."""
    choices = Choices(other_hosts=(HostRow("a.b", 1, 1, 1, build_sums(1)),))
    assert "view_host" not in list_options(build_view_menu(RUN, build_question(), choices))


def test_buttons_hold_the_view() -> None:
    view = View(ViewKind.SUBNETS, top=25)
    _, buttons = build_view_menu(RUN, build_question(), Choices(), view)
    assert [button["action_id"] for button in buttons["elements"]] == list(VIEW_BUTTONS)
    assert {parse_view(button["value"]).view for button in buttons["elements"]} == {view}
    assert {parse_view(button["value"]).run_id for button in buttons["elements"]} == {RUN}


def test_the_menus_are_those_that_are_listened_to() -> None:
    assert tuple(build_options()) == VIEW_MENUS


# The CSV


CSV = {
    ViewKind.PORTS: (
        "service_port,protocol,clients,servers,conversations,flows,packets,bytes,first_seen,last_seen",
        "65534,255,1,1,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.HOSTS_OTHER: (
        "address,peers,bytes_sent,bytes_received,conversations,flows,packets,bytes,first_seen,last_seen",
        "10.1.0.9,1,9,9,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.SUBNETS: (
        "client_subnet,server_subnet,clients,servers,conversations,flows,packets,bytes,first_seen,last_seen",
        "10.1.0.9,10.1.0.9,1,1,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.DAYS: (
        "day,is_logged,conversations,flows,packets,bytes,first_seen,last_seen",
        "2025-11-21,True,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.TALKERS: (
        "client,server,service_port,protocol,action,flows,packets,bytes,bytes_to_server,bytes_to_client,"
        "first_seen,last_seen",
        f"10.1.0.9,10.1.0.9,65535,255,ACCEPT,{HUGE},{HUGE},{HUGE},{HUGE},0,2026-11-20T18:00:00Z,"
        "2026-11-20T18:00:00Z",
    ),
}


@pytest.mark.parametrize("kind", CSV)
def test_csv(kind: ViewKind) -> None:
    """A line for each row, all of their fields by the names that they have in the code."""
    file = io.StringIO()
    write_view(file, [build_row(kind, 1, "10.1.0.9", build_sums(1, 9))] * 2)
    head, line = CSV[kind]
    assert file.getvalue() == "".join(f"{each}\n" for each in (head, line, line))


def test_csv_of_nothing() -> None:
    file = io.StringIO()
    write_view(file, [])
    assert file.getvalue() == ""


def test_csv_name() -> None:
    name = name_view_csv(build_question(), View(ViewKind.HOSTS_OTHER))
    assert name == "hosts_other_peering_10_1_0_0_16_2026-11-11_2026-11-20.csv"


@pytest.mark.parametrize(("kind", "number"), list(product([ViewKind.TALKERS, ViewKind.DAYS], [0, 1])))
def test_nothing_foreign_is_markup(kind: ViewKind, number: int) -> None:
    """What the logs hold in an address's place must not wake anybody."""
    rows = [build_row(kind, n, "<!channel>.", build_sums(1)) for n in range(number)]
    message = build_view_message(build_answer(View(kind), number, rows=rows), RUN, NOW)
    without_table = [block for block in message.blocks if block["type"] != "table"]
    assert "<!" not in str((without_table, message.simple, message.text))
