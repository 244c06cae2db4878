"""Fifty people at once are all heard and answered, each once, and the bot does not grow with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.local_slack import LocalSlack
from tests.faults.bot_process import BotProcess
from tests.faults.load import CHANNELS, CROWD, USERS, Latencies, read_rss_bytes, type_wave
from tests.faults.stage import Stage, is_final, set_up

PATIENCE_S = 200
QUESTION = "peering 10.1.0.0/16 days=2"
MIXED = (QUESTION, "help peering", "list", QUESTION.replace("peering", "external"))
LARGEST_BYTES = 1_000_000_000
GROWTH_BYTES = 150_000_000


@pytest.fixture
def stage(tmp_path: Path, logs: Path) -> Iterator[Stage]:
    with set_up(tmp_path, logs, on_athena=False, settings=CROWD) as stage:
        yield stage


@pytest.fixture
def bot(stage: Stage) -> BotProcess:
    bot = stage.build_bot()
    bot.start()
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    return bot


def await_answers(slack: LocalSlack, count: int) -> Counter[str]:
    """How many answers each user got, once all are there with their files."""

    def look(slack: LocalSlack) -> Counter[str]:
        messages = [(channel, message) for channel in CHANNELS for message in slack.messages(channel)]
        whole = [m for channel, m in messages if is_final(m) and m.get("reply_count") == 1]
        if len(whole) < count:
            return Counter()
        assert len(messages) == count
        return Counter(user for user in USERS for m in whole if f"<@{slack.user_id(user)}>" in str(m))

    return slack.wait_for(look, PATIENCE_S)


def check_wave(slack: LocalSlack, *, waves: int) -> None:
    """Every question has one answer, and every other line one reply."""
    assert await_answers(slack, 2 * len(USERS) * waves) == Counter(dict.fromkeys(USERS, 2 * waves))
    replies = sum(len(slack.ephemerals(user, channel)) for user in USERS for channel in CHANNELS)
    assert replies == 2 * len(USERS) * waves
    assert len(slack.ack_latencies) == len(MIXED) * len(USERS) * waves
    assert slack.unacked_count == 0


def test_everybody_is_answered_and_memory_stays(stage: Stage, bot: BotProcess) -> None:
    type_wave(stage.slack, MIXED)
    check_wave(stage.slack, waves=1)
    first = read_rss_bytes(bot.pid)
    type_wave(stage.slack, MIXED, over_s=0)
    check_wave(stage.slack, waves=2)
    second = read_rss_bytes(bot.pid)
    assert max(first, second) < LARGEST_BYTES
    assert second - first < GROWTH_BYTES


@pytest.mark.load
@pytest.mark.timeout(600)
def test_acknowledgements_under_load(
    stage: Stage, bot: BotProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """A measurement: four questions of each of fifty people within ten seconds."""
    type_wave(stage.slack, [QUESTION] * 4)
    latencies = Latencies(stage.slack.ack_latencies)
    await_answers(stage.slack, 4 * len(USERS))
    with capsys.disabled():
        print(f"\n{latencies.describe()}; {read_rss_bytes(bot.pid) / 10**6:.0f} MB held")  # noqa: T201
