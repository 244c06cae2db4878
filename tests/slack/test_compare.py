"""What changed against the window before, as people in a channel meet it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.serving import run_on_sockets
from bot.settings import Settings
from tests.conftest import WriteLog, record
from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import table, texts
from tests.slack.test_looks import choose, values_of

CHANGES = "Changes against the window before"


@pytest.fixture
def logs(write_log: WriteLog) -> Path:
    """A database is used on four days; its client of the first two is another one than that of the last two."""
    today = datetime.now(UTC).date()
    for age, client in enumerate(("10.0.0.5", "10.0.0.5", "10.0.0.4", "10.0.0.4")):
        day = today - timedelta(days=age)
        folder = write_log(day, [record(client, "10.1.0.9", 40000, 5432, 700, day=day)])
    return folder


@pytest.fixture
def answer(channel: Channel) -> dict[str, Any]:
    """An answer that compares, with its CSV."""
    message = channel.ask("peering 10.1.0.0/16 days=2 compare=previous")
    channel.thread(message)
    return message


def test_answer_says_what_changed_and_is_of_the_asked_days(channel: Channel, answer: dict[str, Any]) -> None:
    assert "Logs: 2 of 2 days" in texts(answer)
    assert [row[0] for row in table(answer)[1:]] == ["10.0.0.5"]
    said = texts(answer)
    assert "*New: 1 conversation, 1.40 kB*\n• 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql: 1.40 kB" in said
    assert "*Gone so far: 1 conversation, 1.40 kB before*\n• 10.0.0.4 to 10.1.0.9" in said
    assert ":warning: The last day was not over yet" in said


def test_mention_compares_too(channel: Channel) -> None:
    channel.slack.say("@vpccidr peering 10.1.0.0/16 days=2 compare")
    found = channel.slack.wait_for(
        lambda slack: [
            reply
            for message in slack.messages()
            for reply in slack.replies("network", message["ts"])
            if "In use:" in texts(reply)
        ],
        PATIENCE_S,
    )
    assert "Gone so far" in texts(found[0])


def test_button_compares_what_was_not_compared(channel: Channel) -> None:
    message = channel.ask("peering 10.1.0.0/16 days=2")
    assert CHANGES not in values_of(message, "view_look")
    channel.slack.click(message["ts"], "run_compare")
    again = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages()[1:] if "is reading" not in m["text"]], PATIENCE_S
    )
    assert "`/vpccidr peering 10.1.0.0/16 days=2 compare=previous`" in texts(again[0])
    assert "*New: 1 conversation" in texts(again[0])


def test_menu_shows_the_changes_after_a_restart(logs: Path, tmp_path: Path) -> None:
    """What was compared is kept with the run, and so is the result."""
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        settings = Settings(
            logs=str(logs),
            data_dir=tmp_path / "state",
            slack_api_url=slack.web_api_url,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
        )
        with run_on_sockets(settings) as bot:
            slack.wait_connected()
            channel = Channel(slack, settings, bot)
            answer = channel.ask("peering 10.1.0.0/16 days=2 compare=previous")
            channel.thread(answer)
            slack.drop_sockets()
        with run_on_sockets(settings) as bot:
            slack.wait_connected()
            value = values_of(answer, "view_look")[CHANGES]
            changes = choose(Channel(slack, settings, bot), answer, "view_look", value)
            slack.drop_sockets()
    assert "no new scan, this cost nothing" in texts(changes)
    assert [row[:3] for row in table(changes)[1:]] == [
        ["New", "10.0.0.5", "10.1.0.9"],
        ["Gone so far", "10.0.0.4", "10.1.0.9"],
    ]


def test_changes_come_as_a_csv(channel: Channel, answer: dict[str, Any]) -> None:
    changes = choose(channel, answer, "view_look", values_of(answer, "view_look")[CHANGES])
    reply = choose(channel, changes, "view_csv", "")
    (file,) = reply["files"]
    assert file["name"].startswith("changes_peering_")
    lines = channel.slack.download(file["id"]).decode().splitlines()
    assert lines[0].startswith("change,client,server,service_port,protocol,action,first_seen,last_seen")
    assert [line.split(",")[:2] for line in lines[1:]] == [["new", "10.0.0.5"], ["gone", "10.0.0.4"]]


def test_what_is_gone_is_seen_where_nothing_is_left(channel: Channel, logs: Path) -> None:
    """An answer without a conversation still has the menu that shows what went."""
    message = channel.ask("peering 10.0.0.4/32 days=2 compare=previous")
    assert "Gone so far: 1 conversation" in texts(message)
    changes = choose(channel, message, "view_look", values_of(message, "view_look")[CHANGES])
    assert [row[0] for row in table(changes)[1:]] == ["Gone so far"]


def test_more_days_stay_compared(channel: Channel, answer: dict[str, Any]) -> None:
    channel.slack.click(answer["ts"], "run_more_days")
    again = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages()[1:] if "is reading" not in m["text"]], PATIENCE_S
    )
    assert "`/vpccidr peering 10.1.0.0/16 compare=previous days=6`" in texts(again[0])
