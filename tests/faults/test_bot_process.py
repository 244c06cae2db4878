"""The bot's process lives and dies as a test says, and Slack keeps what it did not take."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.faults.bot_process import PATIENCE_S, BotProcess

LINE = "/vpccidr peering 10.1.0.0/16 days=2"


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """A Slack that waits for an acknowledgement as long as a bot needs to start."""
    patient = LocalSlackSettings(
        rate_limits_on=False, ack_timeout_s=PATIENCE_S, redelivery_delays_s=(PATIENCE_S,)
    )
    with LocalSlack(patient) as slack:
        yield slack


@pytest.fixture
def bot(slack: LocalSlack, logs: Path, tmp_path: Path) -> Iterator[BotProcess]:
    environ = {
        "VPCCIDR_LOGS": str(logs),
        "VPCCIDR_DATA_DIR": str(tmp_path / "state"),
        "SLACK_API_URL": slack.web_api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
    }
    with BotProcess(environ, log_file=tmp_path / "bot.log") as bot:
        bot.start()
        slack.wait_connected(timeout_s=PATIENCE_S)
        yield bot


def is_answered(slack: LocalSlack) -> bool:
    return any("In use" in message["text"] for message in slack.messages())


def test_killed_it_is_gone_and_its_next_life_answers(bot: BotProcess, slack: LocalSlack) -> None:
    bot.kill()
    assert not bot.is_alive
    slack.wait_for(lambda slack: slack.socket_count == 0)
    bot.start()
    slack.wait_connected(timeout_s=PATIENCE_S)
    slack.type_command(LINE)
    slack.wait_for(is_answered, PATIENCE_S)
    assert bot.log.count("asked 'peering 10.1.0.0/16 days=2'") == 1


def test_told_to_end_it_ends_in_order(bot: BotProcess, slack: LocalSlack) -> None:
    slack.type_command(LINE)
    slack.wait_for(is_answered, PATIENCE_S)  # it heeds the signal once it serves
    assert bot.terminate() == 0
    assert not bot.is_alive
    with pytest.raises(RuntimeError, match="not alive"):
        bot.pause()


def test_paused_it_takes_the_command_once_resumed(bot: BotProcess, slack: LocalSlack) -> None:
    bot.pause()
    typing = threading.Thread(target=slack.type_command, args=[LINE])
    typing.start()
    slack.wait_for(lambda slack: slack.unacked_count == 1)
    assert bot.is_alive
    assert slack.messages() == []
    bot.resume()
    typing.join()
    slack.wait_for(is_answered, PATIENCE_S)


def test_a_command_that_died_with_the_bot_goes_to_its_next_life(bot: BotProcess, slack: LocalSlack) -> None:
    """Slack delivers again what was delivered and never acknowledged."""
    bot.pause()
    typing = threading.Thread(target=slack.type_command, args=[LINE])
    typing.start()
    slack.wait_for(lambda slack: slack.unacked_count == 1)
    bot.kill()
    bot.start()
    typing.join()
    slack.wait_for(is_answered, PATIENCE_S)
    assert slack.ephemerals() == []
    assert len(slack.messages()) == 1


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
def test_killed_at_a_moment_of_a_call(
    bot: BotProcess, slack: LocalSlack, when: Literal["before", "after"], posted: int
) -> None:
    is_killed = threading.Event()

    def kill() -> None:
        bot.kill()
        is_killed.set()

    slack.on_call("chat.postMessage", when, kill)
    slack.type_command(LINE)
    assert is_killed.wait(PATIENCE_S)
    slack.wait_for(lambda slack: slack.socket_count == 0)
    assert len(slack.messages()) == posted
