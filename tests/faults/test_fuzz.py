"""Whatever is typed is acknowledged with a sentence, and the bot stays as it was."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest

from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.serving import run_on_sockets
from bot.settings import Settings
from tests.faults.bot_process import PATIENCE_S
from tests.faults.fuzz import make_lines

LINES = int(os.environ.get("VPCCIDR_FUZZ_LINES", "2000"))
SEED = int(os.environ.get("VPCCIDR_FUZZ_SEED", "20261124"))


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield slack


def build_settings(slack: LocalSlack, logs: Path, state: Path) -> Settings:
    """A bot that refuses a second question of one person, so that most that parse cost little."""
    return Settings(
        logs=str(logs),
        data_dir=state,
        runs_per_user=1,
        largest_prefix=16,
        slack_api_url=slack.web_api_url,
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
    )


@pytest.mark.timeout(3600)
def test_whatever_is_typed_is_acknowledged(
    slack: LocalSlack, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with run_on_sockets(build_settings(slack, logs, tmp_path / "state")) as bot:
        slack.wait_connected()
        channel = slack.channel()["id"]
        for number, line in enumerate(make_lines(SEED, LINES)):
            fields = {"command": "/vpccidr", "text": line, "channel_id": channel, "user_id": "UFUZZ"}
            body = urlencode(fields | {"trigger_id": f"{number}"}, errors="replace")
            response = bot.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
            assert response.status == 200, line
            assert "fault of the bot" not in str(response.body), line
        assert bot.find_fault() == ""
        assert [record.getMessage() for record in caplog.records] == []
        deadline = time.monotonic() + PATIENCE_S
        while any(bot.store.count_unfinished("UFUZZ", channel)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
        slack.wait_for(lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S)
        slack.drop_sockets()
