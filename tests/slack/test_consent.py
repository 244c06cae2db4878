"""A dear question is asked about before it runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.adapters.log_sizes import FolderSizes
from bot.domain.estimate import Threshold
from bot.domain.price import price_scan
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.services.estimates import Estimates
from bot.serving import run_on_sockets
from bot.settings import Settings
from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts


@pytest.fixture
def dear_channel(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """#network, with a bot that asks before it reads a single byte."""
    estimates = Estimates(
        FolderSizes(str(logs)), lambda size: price_scan(size, usd_per_tb=5.0), Threshold(scanned_bytes=1)
    )
    monkeypatch.setattr(app, "build_estimates", lambda _: estimates)
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
            yield Channel(slack, settings, bot)
            slack.drop_sockets()


def button_of(message: dict[str, Any]) -> dict[str, Any]:
    (actions,) = [block for block in message["blocks"] if block["type"] == "actions"]
    return dict(actions["elements"][0])


def test_dear_question_waits_for_its_asker(dear_channel: Channel) -> None:
    """Only who asked sees the price, and nothing is read until they agree."""
    whispered = dear_channel.whisper("peering 10.1.0.0/16 days=2")
    assert "to read, about $0.01: more than runs without asking." in texts(
        {"blocks": [block for block in whispered["blocks"] if block["type"] != "actions"]}
    )
    assert button_of(whispered)["text"]["text"] == "Run anyway"
    assert dear_channel.slack.messages() == []


def test_agreeing_runs_it_and_takes_the_question_away(dear_channel: Channel) -> None:
    whispered = dear_channel.whisper("peering 10.1.0.0/16 days=2")
    dear_channel.slack.click(whispered["ts"], button_of(whispered)["action_id"])
    answers = dear_channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S
    )
    assert len(answers) == 1
    dear_channel.slack.wait_for(lambda slack: not slack.ephemerals(), PATIENCE_S)


def test_price_of_comparing_is_that_of_both_windows(dear_channel: Channel) -> None:
    """What is read besides is paid, too."""
    both = texts(dear_channel.whisper("peering 10.1.0.0/16 days=2"))
    one = texts(dear_channel.whisper("peering 10.1.0.0/16 days=1"))
    compared = texts(dear_channel.whisper("peering 10.1.0.0/16 days=1 compare=previous"))
    assert read_size(compared) == read_size(both) > read_size(one)


def read_size(said: str) -> int:
    """The bytes that a consent names."""
    found = re.search(r"(\d+) B to read", said)
    assert found, said
    return int(found[1])


def test_form_says_what_the_chosen_days_cost(dear_channel: Channel) -> None:
    """The logs hold two days, so that one costs about half."""
    slack = dear_channel.slack
    slack.type_command("/vpccidr")

    def read_estimate(_: object) -> str:
        found = [
            block for view in slack.views() for block in view["blocks"] if block["block_id"] == "estimate"
        ]
        return found[0]["elements"][0]["text"] if found else ""

    whole = slack.wait_for(
        lambda slack: text if "to read" in (text := read_estimate(slack)) else "", PATIENCE_S
    )
    slack.click_view(slack.views()[-1]["id"], "form_days", value="1")
    half = slack.wait_for(lambda slack: text if (text := read_estimate(slack)) != whole else "", PATIENCE_S)
    assert "to read, about $0.01" in half


def test_form_tells_the_cost_of_the_days_that_are_chosen(dear_channel: Channel) -> None:
    slack = dear_channel.slack
    yesterday = f"{datetime.now(UTC).date() - timedelta(days=1)}"

    def read_estimate(slack: LocalSlack) -> str:
        blocks = [
            block for view in slack.views() for block in view["blocks"] if block["block_id"] == "estimate"
        ]
        return str(blocks[0]["elements"][0]["text"]) if blocks else ""

    slack.type_command("/vpccidr")
    of_ten_days = slack.wait_for(lambda s: "to read" in read_estimate(s) and read_estimate(s), PATIENCE_S)
    slack.click_view(slack.views()[-1]["id"], "form_until", value=yesterday)
    slack.wait_for(lambda s: read_estimate(s) == "Choose the first day, too.", PATIENCE_S)
    slack.click_view(slack.views()[-1]["id"], "form_since", value=yesterday)
    of_one = slack.wait_for(lambda s: "to read" in read_estimate(s) and read_estimate(s), PATIENCE_S)
    assert of_one != of_ten_days
