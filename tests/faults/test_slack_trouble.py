"""Slack fails, loses answers, holds back and delivers twice: the channel sees one answer with one file."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.signature import SignatureVerifier

from bot.app import Bot, build_bot
from bot.domain.run import Run, RunState
from bot.local_slack import LocalSlack
from bot.serving import run_on_sockets
from bot.settings import Settings
from tests.faults.bot_process import PATIENCE_S
from tests.faults.stage import QUIET, WHOLE, Stage, set_up
from tests.faults.test_every_step import wait_until_done
from tests.slack.test_http import call

LINE = "peering 10.1.0.0/16 days=2"
SECRET = "a-made-up-secret"
METHODS = (
    "chat.postMessage",
    "chat.update",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
)


@pytest.fixture
def stage(tmp_path: Path, logs: Path) -> Iterator[Stage]:
    with set_up(tmp_path, logs, on_athena=False) as stage:
        yield stage


def build_settings(stage: Stage) -> Settings:
    return Settings(
        logs=str(stage.logs),
        data_dir=stage.folder / "a",
        grace_s=1,
        slack_api_url=stage.slack.web_api_url,
        slack_bot_token=stage.slack.bot_token,
        slack_app_token=stage.slack.app_token,
        slack_signing_secret=SECRET,
    )


@pytest.fixture
def bot(stage: Stage) -> Iterator[Bot]:
    with run_on_sockets(build_settings(stage)) as bot:
        stage.slack.wait_connected()
        yield bot
        stage.slack.drop_sockets()


def list_runs(bot: Bot, slack: LocalSlack, channel: str = "network") -> list[Run]:
    return bot.store.list_recent(slack.channel(channel)["id"], "", 1_000)


def await_end(bot: Bot, slack: LocalSlack, channel: str = "network", count: int = 1) -> list[Run]:
    """The channel's runs, once so many are there and none is under way."""
    deadline = time.monotonic() + PATIENCE_S
    while len(runs := [run for run in list_runs(bot, slack, channel) if run.is_finished]) < count:
        assert time.monotonic() < deadline, list_runs(bot, slack, channel)
        time.sleep(0.02)
    return runs


def ask_once(stage: Stage, bot: Bot, kinds: Sequence[str] = WHOLE) -> dict[str, Any]:
    """Ask, and see that all there is in the end is one answer with one of each file."""
    stage.slack.type_command(f"/vpccidr {LINE}")
    return check_one_answer(stage, bot, kinds)


def check_one_answer(stage: Stage, bot: Bot, kinds: Sequence[str] = WHOLE) -> dict[str, Any]:
    (run,) = await_end(bot, stage.slack)
    assert run.state is RunState.DONE
    (answer,) = stage.slack.messages()
    assert "In use: 1 accepted conversation with 10.1.0.0/16" in answer["text"]
    assert len(stage.slack.replies("network", answer["ts"])) == 1
    assert stage.kinds_of(answer) == list(kinds)
    return answer


@pytest.mark.parametrize("how", ["answer_lost", "connection_lost"])
@pytest.mark.parametrize("method", METHODS)
def test_a_broken_line_doubles_and_loses_nothing(stage: Stage, bot: Bot, method: str, how: str) -> None:
    """Whether Slack did what it was asked to before the line broke, nobody was told."""
    stage.slack.fail_next(method, how)
    ask_once(stage, bot)


@pytest.mark.parametrize("method", METHODS)
def test_slacks_pauses_are_kept(stage: Stage, bot: Bot, method: str) -> None:
    stage.slack.fail_next(method, "ratelimited", retry_after=1)
    ask_once(stage, bot)
    calls = [called for called, _ in stage.slack.calls if called == method]
    files = len(WHOLE) if method == "files.getUploadURLExternal" else 1  # each file asks for a place
    assert len(calls) == files + 1


@pytest.mark.parametrize("method", METHODS)
def test_a_series_of_server_errors_is_waited_out(stage: Stage, bot: Bot, method: str) -> None:
    stage.slack.fail_next(method, 503)
    stage.slack.fail_next(method, 500)
    ask_once(stage, bot)


def test_sockets_that_drop_in_the_middle_of_a_run(stage: Stage, bot: Bot) -> None:
    """The run goes on, and the next command is heard."""

    def drop() -> bool:
        stage.slack.drop_sockets()
        return True

    stage.slack.on_call("chat.update", "before", drop)
    answer = ask_once(stage, bot)
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    stage.slack.type_command("/vpccidr help")
    assert stage.slack.wait_for(lambda slack: slack.ephemerals(), PATIENCE_S)
    assert stage.slack.messages() == [answer]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "files.completeUploadExternal"])
def test_a_deleted_channel_ends_its_run_and_no_other(
    stage: Stage, bot: Bot, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It must not be knocked at for ever."""
    slack, gone = stage.slack, stage.slack.channel("random")["id"]

    def delete() -> bool:
        slack._server.ask(lambda: slack._world.workspace.channels.pop(gone))
        return True

    slack.on_call(method, "before", delete)
    slack.type_command(f"/vpccidr {LINE}", channel="random")
    deadline = time.monotonic() + PATIENCE_S
    while not (runs := [run for run in bot.store.list_recent(gone, "", 5) if run.is_finished]):
        assert time.monotonic() < deadline, caplog.text
        time.sleep(0.02)
    assert [run.state for run in runs] == [RunState.FAILED]
    asked = len(slack.calls)
    ask_once(stage, bot)
    assert not [arguments for _, arguments in slack.calls[asked:] if arguments.get("channel") == gone]


def test_a_file_that_is_too_large_comes_compressed(stage: Stage, bot: Bot) -> None:
    stage.slack.fail_next("files.getUploadURLExternal", "file_upload_size_restricted")
    answer = ask_once(stage, bot, kinds=(".gz", ".png"))
    (reply,) = stage.slack.replies("network", answer["ts"])
    file, _ = reply["files"]
    assert file["name"].endswith(".csv.gz")
    assert b"10.1.0.9" in gzip.decompress(stage.slack.download(file["id"]))


def fail_picture(stage: Stage, method: str, error: str) -> None:
    """Let Slack refuse a call that is for a picture, after the CSV's own went well."""

    def arm() -> bool:
        stage.slack.fail_next(method, error)
        return True

    stage.slack.on_call("files.getUploadURLExternal", "after", arm)


@pytest.mark.parametrize(
    "error", ["file_type_not_allowed", "alt_txt_too_large", "file_upload_size_restricted", "invalid_auth"]
)
def test_a_picture_that_slack_does_not_take_is_left_out(
    stage: Stage, bot: Bot, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It must not take the CSV's place."""
    fail_picture(stage, "files.getUploadURLExternal", error)
    ask_once(stage, bot, kinds=(".csv",))
    assert "a picture is left out" in caplog.text


@pytest.mark.parametrize("error", ["file_not_found", "invalid_arguments"])
def test_pictures_that_cannot_be_shared_leave_the_csv(
    stage: Stage, bot: Bot, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack shares all files of a call or none, and may have lost only the picture."""
    stage.slack.fail_next("files.completeUploadExternal", error)
    ask_once(stage, bot, kinds=(".csv",))
    assert "the pictures are left out" in caplog.text


def await_deliveries(slack: LocalSlack, count: int) -> None:
    """Wait until the one envelope was sent so many times."""
    pending = slack._world.sockets._pending
    deadline = time.monotonic() + PATIENCE_S
    while not slack._server.ask(lambda: [each for each in pending.values() if each.attempts >= count]):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_same_envelope_twice_is_one_run(tmp_path: Path, logs: Path) -> None:
    """Slack delivers again what was not acknowledged in time, and both copies are taken at once."""
    impatient = replace(QUIET, redelivery_delays_s=(0.1, 0.1, PATIENCE_S))
    with (
        set_up(tmp_path, logs, on_athena=False, settings=impatient) as stage,
        ThreadPoolExecutor(1) as person,
    ):
        bot = stage.build_bot()
        bot.start()
        stage.slack.wait_connected(timeout_s=PATIENCE_S)
        bot.pause()
        typed = person.submit(stage.slack.type_command, f"/vpccidr {LINE}")
        await_deliveries(stage.slack, 3)
        bot.resume()
        typed.result(PATIENCE_S)
        stage.wait_for_answers(1)
        wait_until_done(stage)
        assert len(stage.slack.messages()) == 1
        assert stage.slack.ephemerals() == []


def test_the_same_signed_request_twice_is_one_run(stage: Stage) -> None:
    """Slack posts again where an answer was slow to come, with the same trigger."""
    bot = build_bot(build_settings(stage))
    fields = {
        "command": "/vpccidr",
        "text": LINE,
        "channel_id": stage.slack.channel()["id"],
        "user_id": stage.slack.user_id(),
        "team_id": "T1",
        "trigger_id": "1.2.3",
        "response_url": f"{stage.slack.url}/response/none",
    }
    body, stamp = urlencode(fields), str(int(time.time()))
    signature = str(SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body))
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    bot.start()
    try:
        with ThreadPoolExecutor(4) as line:
            answers = list(line.map(lambda _: call(SlackRequestHandler(bot.app), body, headers), range(4)))
        assert answers == [("200 OK", "")] * 4
        check_one_answer(stage, bot)
    finally:
        bot.stop()
