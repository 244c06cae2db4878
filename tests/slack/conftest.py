"""The bot as it is built for production, connected to a local Slack."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.local_slack import LocalSlack, LocalSlackSettings, Shortcut
from bot.serving import run_on_sockets
from bot.settings import Settings
from tests.conftest import WriteLog, record

PATIENCE_S = 60
SHORTCUT = Shortcut("Who talks to whom?", "ask", "global")


@dataclass
class Channel:
    """#network as a person in it sees it, and the settings of the bot that is there."""

    slack: LocalSlack
    settings: Settings
    bot: Bot

    def ask(self, line: str) -> dict[str, Any]:
        """Type a command and return the message that it became."""
        before = {message["ts"] for message in self.slack.messages()}
        self.slack.type_command(f"/vpccidr {line}")

        def answered(slack: LocalSlack) -> dict[str, Any] | None:
            new = [message for message in slack.messages() if message["ts"] not in before]
            return new[0] if new and "is reading" not in new[0]["text"] else None

        return self.slack.wait_for(answered, PATIENCE_S)

    def whisper(self, line: str, user: str = "ana") -> dict[str, Any]:
        """Type a command and return what only this person is told."""
        before = len(self.slack.ephemerals(user))
        self.slack.type_command(f"/vpccidr {line}", user=user)
        return self.slack.wait_for(lambda slack: slack.ephemerals(user)[before:], PATIENCE_S)[0]

    def thread(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The replies under a message, once there are any."""
        return self.slack.wait_for(lambda slack: slack.replies("network", message["ts"]), PATIENCE_S)


@pytest.fixture
def logs(write_log: WriteLog) -> Path:
    """Two days of logs: a database in 10.1.0.0/16 is used, and scanned from 10.3.0.9."""
    today = datetime.now(UTC).date()
    for day in (today, today - timedelta(days=1)):
        folder = write_log(
            day,
            [
                record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=day),
                record("10.1.0.9", "10.0.0.5", 5432, 40000, 9000, day=day),
                record("10.3.0.9", "10.0.0.5", 41000, 22, 60, day=day, action="REJECT"),
            ],
        )
    return folder


@pytest.fixture
def channel(logs: Path, tmp_path: Path) -> Iterator[Channel]:
    with open_channel(logs, tmp_path / "state") as channel:
        yield channel


@contextmanager
def open_channel(
    logs: Path, state: Path, changes: Mapping[str, Any] | None = None, **workspace: Any
) -> Iterator[Channel]:
    """#network of a workspace with these settings; `changes` are settings of the bot."""
    with LocalSlack(LocalSlackSettings(rate_limits_on=False, shortcuts=(SHORTCUT,), **workspace)) as slack:
        settings = Settings(
            logs=str(logs),
            data_dir=state,
            slack_api_url=slack.web_api_url,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            **(changes or {}),
        )
        with run_on_sockets(settings) as bot:
            slack.wait_connected()
            yield Channel(slack, settings, bot)
            slack.drop_sockets()
