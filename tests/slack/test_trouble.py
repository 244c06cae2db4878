"""Slack in trouble: nothing is lost, and nothing is said twice."""

import gzip
import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest

from bot.domain.run import RunState
from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts

LINE = "peering 10.1.0.0/16 days=2"


def wait_until(predicate: Callable[[], object]) -> None:
    """Wait for what no call of Slack's tells."""
    deadline = time.monotonic() + PATIENCE_S
    while not predicate():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def list_states(channel: Channel) -> list[RunState]:
    return [run.state for run in channel.bot.store.list_recent(channel.slack.channel()["id"], "", 50)]


def wait_until_done(channel: Channel, runs: int = 1) -> None:
    wait_until(lambda: list_states(channel) == [RunState.DONE] * runs)


@pytest.mark.parametrize("fault", ["answer_lost", "connection_lost"])
@pytest.mark.parametrize(
    "method",
    ["chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal"],
)
def test_lost_line_doubles_nothing(channel: Channel, method: str, fault: str) -> None:
    """Whether Slack did it before the line broke cannot be told; the bot looks."""
    channel.slack.fail_next(method, fault)
    message = channel.ask(LINE)
    wait_until_done(channel)
    assert "In use" in texts(channel.slack.messages()[0])
    assert len(channel.slack.messages()) == 1
    assert len([reply for reply in channel.thread(message) if "files" in reply]) == 1


def test_sockets_that_drop_leave_the_run_alone(channel: Channel) -> None:
    channel.slack.on_call("chat.postMessage", "after", channel.slack.drop_sockets)
    assert "In use" in texts(channel.ask(LINE))
    channel.slack.wait_connected(timeout_s=PATIENCE_S)
    wait_until_done(channel)


def test_deleted_channel_ends_its_run_and_no_other(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """What can never be told must not be tried for ever."""
    with caplog.at_level(logging.CRITICAL, "bot.services.failures"):
        channel.slack.fail_next("chat.update", "channel_not_found")
        channel.slack.type_command(f"/vpccidr {LINE}")
        wait_until(lambda: list_states(channel) == [RunState.FAILED])
    channel.slack.type_command(f"/vpccidr {LINE}")
    channel.slack.wait_for(lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S)


def test_file_that_is_too_large_comes_compressed(channel: Channel) -> None:
    channel.slack.fail_next("files.getUploadURLExternal", "file_upload_size_restricted")
    (reply,) = channel.thread(channel.ask(LINE))
    (file,) = reply["files"]
    assert file["name"].endswith(".csv.gz")
    assert gzip.decompress(channel.slack.download(file["id"])).startswith(b"day,client,server,")


def test_message_that_was_deleted_is_posted_anew(channel: Channel) -> None:
    channel.slack.fail_next("chat.update", "message_not_found")
    channel.slack.type_command(f"/vpccidr {LINE}")
    channel.slack.wait_for(lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S)
    wait_until_done(channel)


def test_request_that_comes_twice_is_one_run(channel: Channel) -> None:
    """Slack sends again what it believes to be lost; somebody else may have listened and sends it, too."""
    fields = {
        "command": "/vpccidr",
        "text": LINE,
        "channel_id": channel.slack.channel()["id"],
        "user_id": channel.slack.user_id(),
        "trigger_id": "1.2.the-same",
    }
    request = BoltRequest(body=urlencode(fields), mode="socket_mode")
    for _ in range(3):
        assert channel.bot.app.dispatch(request).status == 200
    channel.slack.wait_for(lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S)
    wait_until_done(channel)
    assert len(channel.slack.messages()) == 1


def test_runs_are_listed_with_what_became_of_them(channel: Channel) -> None:
    channel.ask(LINE)
    wait_until_done(channel)
    said = texts(channel.whisper("runs"))
    assert f"`{LINE}`" in said
    assert "answered: in_use" in said
