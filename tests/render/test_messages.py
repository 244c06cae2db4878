"""Messages stay within Slack's limits, whatever the answer holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.domain.answer import Answer
from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage, Problem
from bot.domain.labels import Labels
from bot.domain.message import Message
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import decide
from bot.domain.view_answer import PathRow, Sums
from bot.domain.window import build_window_of_days
from bot.errors import RequestError
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.render.help_message import build_help
from bot.render.messages import build_answer_message, build_failure, build_refusal, build_text
from bot.render.mrkdwn import bold, clip, context
from tests.render.slack_limits import find_text_breaches

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
LONGEST_LINE = "peering " + "&<>`x" * 600
LONGEST_NAME = "a" * 63
LONG_ADDRESS = "2001:0db8:85a3:0000:0000:8a2e:0370:7334"


def build_answer(talkers: int, problems: int = 0, address: str = "10.0.0.5") -> Answer:
    """An answer with so many talkers of the largest numbers there can be."""
    side = Side((parse_block("10.1.0.0/16").block,), LONGEST_NAME)
    question = Question(
        Scenario.PEERING, side, build_window_of_days(366, NOW, 366), Side(side.blocks, "b" * 63), top=100
    )
    huge = 2**62
    rows = [
        Conversation(address, address, 65535, 255, "ACCEPT", huge, huge, huge, huge, 0, NOW, NOW)
    ] * talkers
    days = tuple(date(2026, 1, 1) + timedelta(days=2 * n) for n in range(183))
    coverage = Coverage(
        days,
        days[:1],
        skipdata=5,
        skipdata_days=days,
        problems=(Problem("p" * 900, "it is empty"),) * problems,
    )
    totals = Totals(talkers, huge, huge, huge, accepted=talkers, accepted_until=NOW)
    verdict = decide(question, totals, coverage)
    return Answer(
        question, coverage, totals, True, verdict, rows[:100], Cost(huge, 12.5), 3600.0, "SELECT 1", "DuckDB"
    )


TELLING = replace(
    build_answer(1, address="198.51.100.9"),
    paths=[PathRow(low, 99, 4, Sums(1, bytes=2**62)) for low in range(1, 99)],
    services={"198.51.100.9": "S" * 500},
)
HOST = "host-" + "h" * 30 + "-last"
NAMED = Labels(
    {LONGEST_NAME: (parse_block("10.0.0.0/16").block,)}, hosts={f"10.0.0.{n}": HOST for n in range(256)}
)


MESSAGES: dict[str, Message] = {
    "no talkers": build_answer_message(build_answer(0), "x", "U1", ()),
    "one talker": build_answer_message(build_answer(1), "x", "U1", ()),
    "ten talkers": build_answer_message(build_answer(10), "x", "U1", ()),
    "100,000 talkers": build_answer_message(build_answer(100_000), "x", "U1", ()),
    "100 talkers with names": build_answer_message(build_answer(100), "x", "U1", (), NAMED),
    "the longest of everything": build_answer_message(
        build_answer(100, 5000, LONG_ADDRESS), LONGEST_LINE, "U1", ("n" * 4000, "<!channel>")
    ),
    "paths and services": build_answer_message(TELLING, "x", "U1", ()),
    "failure": build_failure("why " * 2000, LONGEST_LINE, "U1"),
    "refusal": build_refusal(RequestError("w" * 4000, "e" * 4000)),
    "a long list": build_text(
        "\n".join(f"10.{n // 256}.{n % 256}.0/24  256  {LONGEST_NAME}" for n in range(3000))
    ),
    "all help": build_help(""),
    "one help": build_help("peering"),
}


@pytest.fixture(scope="module")
def client() -> WebClient:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield WebClient(slack.bot_token, base_url=slack.web_api_url)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("form", ["blocks", "simple"])
def test_slack_takes_the_message(client: WebClient, name: str, form: str) -> None:
    """A message that Slack refuses is an answer that nobody gets."""
    message = MESSAGES[name]
    assert client.chat_postMessage(
        channel="C0NETWORK0", text=message.text, blocks=list(getattr(message, form))
    )["ok"]


@pytest.mark.parametrize("name", MESSAGES)
def test_nothing_foreign_is_markup(name: str) -> None:
    """What was typed or logged may hold <!channel>, but must not wake anybody."""
    assert "<!" not in str(MESSAGES[name])


def test_service_that_the_logs_name_is_no_markup() -> None:
    """Slack reads no markup in a table's raw text; wherever it does, the name is escaped."""
    message = build_answer_message(replace(TELLING, services={"198.51.100.9": "<!here>"}), "x", "U1", ())
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    assert table["rows"][1][0] == {"type": "raw_text", "text": "198.51.100.9 (<!here>)"}
    others = [block for block in message.blocks if block is not table]
    assert "<!" not in f"{message.text} {others} {message.simple}"
    assert "198.51.100.9 (&lt;!here&gt;)" in str(message.simple)


def test_answer_reads_as_it_should() -> None:
    """The whole message, as a person gets it."""
    message = build_answer_message(build_answer(1), "peering vpc-b", "U1", ())
    kinds = [block["type"] for block in message.blocks]
    assert kinds == ["section", "context", "section", "table", "context"]
    assert [cell["text"] for cell in message.blocks[3]["rows"][1]] == [
        "10.0.0.5", "10.0.0.5", "65535/protocol 255", "ACCEPT", "4.61 EB", "4,611,686,018,427,387,904",
        "4,611,686,018,427,387,904", "2026-11-20 18:00",
    ]  # fmt: skip


def test_text_counts_the_talkers_that_the_table_shows() -> None:
    """A table takes 100 rows, and one of them is the heading."""
    message = build_answer_message(build_answer(250), "x", "U1", ())
    (shown,) = [block["rows"] for block in message.blocks if block["type"] == "table"]
    assert f"the top {len(shown) - 1} by bytes below" in str(message.blocks)


def test_names_of_a_hundred_talkers_stay_within_a_table() -> None:
    """Fewer rows fit then, which the message says; every one that is shown has both names."""
    message = build_answer_message(build_answer(100), "x", "U1", (), NAMED)
    (rows,) = [block["rows"] for block in message.blocks if block["type"] == "table"]
    assert sum(len(cell["text"]) for row in rows for cell in row) <= 10_000
    assert {row[0]["text"] for row in rows[1:]} == {"10.0.0.5 (aaaaaaa…aaaaaa: host-hh…h-last)"}
    assert f"the top {len(rows) - 1} by bytes below" in str(message.blocks)


def test_long_list_is_shown_over_several_sections_and_what_is_left_out_is_counted() -> None:
    rows = [f"10.{n // 256}.{n % 256}.0/24  256  {LONGEST_NAME}" for n in range(3000)]
    assert [str(build_text("\n".join(rows[:200])).blocks).count(row) for row in rows[:200]] == [1] * 200
    *shown, last = build_text("\n".join(rows)).blocks
    left = 3000 - sum(str(shown).count(row) for row in rows)
    assert last["elements"][0]["text"] == f"{left:,} more lines would not fit into a message."


def test_what_is_cut_leaves_no_half_sign_link_or_code() -> None:
    for text in ("&amp;" * 9, "<@U0123456789>" * 5, "say `/vpccidr peering 10.1.0.0/16` now"):
        for limit in range(3, 40):
            assert not find_text_breaches(clip(text, limit) or "-")
            assert len(clip(text, limit)) <= limit


def test_long_verdict_is_bold_to_its_end() -> None:
    assert bold("&" * 9_000).startswith("*&amp;")
    assert bold("&" * 9_000).endswith("…*")
    assert len(bold("&" * 9_000)) <= 3_000 - len(":large_blue_circle: ")


def test_very_many_parts_of_small_print_keep_the_first_and_the_last() -> None:
    texts = [element["text"] for element in context(*map(str, range(20)))["elements"]]
    assert len(texts) == 10
    assert (texts[0], texts[-1]) == ("0", "19")
    assert "\n".join(texts).split("\n") == [str(number) for number in range(20)]
