"""Whatever fails, the person who asked is told, and what was found is not lost."""

import gzip
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.local_slack import LocalSlack
from tests.slack.conftest import PATIENCE_S, Channel, open_channel
from tests.slack.test_answers import table, texts
from tests.slack.test_looks import choose, values_of


def test_refused_table_falls_back_to_text(channel: Channel) -> None:
    """Not every workspace takes every block."""
    channel.slack.fail_next("chat.update", "invalid_blocks")
    message = channel.ask("peering 10.1.0.0/16 days=2")
    assert [block["type"] for block in message["blocks"]].count("table") == 0
    assert "10.0.0.5  10.1.0.9  5432/TCP" in texts(message)


def find_charts(slack: LocalSlack, thread: str, at_least: int) -> list[dict[str, Any]]:
    """The charts in a thread that came as pictures, once there are so many."""
    found = [
        reply for reply in slack.replies("network", thread) if reply["text"] == "The chart of this view."
    ]
    return found if len(found) >= at_least else []


def test_refused_chart_costs_nothing_but_the_chart(
    logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_channel(logs, tmp_path / "state", takes_charts=False) as channel:
        answer = channel.ask("peering 10.1.0.0/16 days=2")
        channel.thread(answer)
        for look in (1, 2):
            days = choose(channel, answer, "view_look", values_of(answer, "view_look")["Over time"])
            assert len(table(days)) == 3
            assert "data_visualization" not in {block["type"] for block in days["blocks"]}
            (chart,) = channel.slack.wait_for(
                partial(find_charts, thread=answer["ts"], at_least=look), PATIENCE_S
            )[-1]["files"]
            assert chart["title"] == "Bytes per day"
            assert chart["alt_txt"].startswith("Bar chart. Bytes per day. Day (UTC):")
    assert caplog.text.count("refuses charts") == 1


def test_refused_chart_and_table_fall_back_to_text(channel: Channel) -> None:
    answer = channel.ask("peering 10.1.0.0/16 days=2")
    channel.thread(answer)
    channel.slack.fail_next("chat.postMessage", "invalid_blocks", times=2)
    days = choose(channel, answer, "view_look", values_of(answer, "view_look")["Over time"])
    assert {"table", "data_visualization"}.isdisjoint(block["type"] for block in days["blocks"])
    assert "9.70 kB" in texts(days)
    channel.slack.wait_for(partial(find_charts, thread=answer["ts"], at_least=1), PATIENCE_S)
    days = choose(channel, answer, "view_look", values_of(answer, "view_look")["Over time"])
    assert "data_visualization" in {block["type"] for block in days["blocks"]}


def test_rate_limit_is_obeyed(channel: Channel) -> None:
    channel.slack.fail_next("chat.update", "ratelimited", times=2, retry_after=1)
    assert "In use" in texts(channel.ask("peering 10.1.0.0/16 days=2"))


def test_server_errors_are_tried_again(channel: Channel) -> None:
    channel.slack.fail_next("chat.postMessage", 503)
    assert "In use" in texts(channel.ask("peering 10.1.0.0/16 days=2"))


def test_refused_csv_leaves_the_answer_and_says_so(channel: Channel) -> None:
    """The verdict must not be replaced by the failure of a file."""
    channel.slack.fail_next("files.getUploadURLExternal", "file_uploads_disabled")
    message = channel.ask("peering 10.1.0.0/16 days=2")
    (reply,) = channel.thread(message)
    assert reply["text"] == "The CSV could not be delivered: Slack answered file_uploads_disabled"
    assert "In use" in texts(channel.slack.messages()[0])


def test_channel_without_the_bot_is_told_how_to_invite_it(channel: Channel) -> None:
    channel.slack.fail_next("chat.postMessage", "not_in_channel")
    assert "invite me with /invite @vpccidr" in texts(channel.whisper("peering 10.1.0.0/16"))


def test_missing_logs_are_told_where_it_was_asked(channel: Channel, logs: Path) -> None:
    shutil.rmtree(logs)
    message = channel.ask("peering 10.1.0.0/16 days=2")
    assert message["text"].startswith(f":x: No answer: There is no folder of flow logs at {logs}.")


def test_broken_file_is_named_and_nothing_is_proved(channel: Channel, logs: Path) -> None:
    """A file that cannot be read may hold just the traffic that was asked about."""
    (day, *_) = sorted(logs.rglob("*.log.gz"))
    day.with_name("broken.log.gz").write_bytes(gzip.compress(b"x" * 9999)[:40])
    said = texts(channel.ask("peering 10.9.0.0/16 days=2"))
    assert "*Unknown: no traffic with 10.9.0.0/16 was seen" in said
    assert "broken.log.gz" in said


def test_unwritable_state_is_told_to_the_person(channel: Channel) -> None:
    expansions = channel.settings.data_dir / "expansions"
    shutil.rmtree(expansions, ignore_errors=True)
    expansions.parent.mkdir(parents=True, exist_ok=True)
    expansions.write_text("a file where a folder must be")
    assert "could not be expanded" in texts(channel.whisper("peering 10.1.0.0/16 days=2"))


def test_stopped_bot_takes_no_more_questions(channel: Channel) -> None:
    channel.bot.driver.stop()
    channel.slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
    whispered = channel.slack.wait_for(lambda slack: slack.ephemerals(), PATIENCE_S)
    assert "No answer: the bot is restarting; ask again in a minute." in texts(whispered[0])


def test_message_that_was_deleted_is_posted_anew(channel: Channel) -> None:
    channel.slack.fail_next("chat.update", "message_not_found")
    channel.slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
    channel.slack.wait_for(lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S)


def test_runs_are_listed_with_what_became_of_them(channel: Channel) -> None:
    channel.thread(channel.ask("peering 10.1.0.0/16 days=2"))
    said = texts(channel.whisper("runs"))
    assert "`peering 10.1.0.0/16 days=2`" in said
    assert ": in use" in said
