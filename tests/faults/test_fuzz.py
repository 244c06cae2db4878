"""Whatever is typed is acknowledged, answered without a fault, and harms nothing."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.adapters.run_store import SqlRunStore
from bot.app import Bot, build_bot
from bot.domain.audit import AuditLine
from bot.domain.run import Asked, Run
from bot.settings import Settings
from tests.faults.fuzzed_lines import fuzz_lines
from tests.faults.stage import Stage, set_up

SEED = int(os.environ.get("VPCCIDR_SEED", "20261123"))
TYPIST, OTHER = "U0TYPIST00", "U0OTHER000"
LINE = "peering 10.1.0.0/16 days=2"
_AT_ONCE = 4
_ACCEPTED_EVERY = 500


@pytest.fixture
def stage(tmp_path: Path, logs: Path) -> Iterator[Stage]:
    with set_up(tmp_path, logs, on_athena=False) as stage:
        yield stage


@pytest.fixture
def bot(stage: Stage) -> Iterator[Bot]:
    settings = Settings(
        logs=str(stage.logs),
        data_dir=stage.folder / "a",
        runs_per_user=1,
        grace_s=1,
        slack_api_url=stage.slack.web_api_url,
        slack_bot_token=stage.slack.bot_token,
    )
    bot = build_bot(settings)
    bot.start()
    yield bot
    bot.stop()


def keep_busy(bot: Bot) -> None:
    """Give the typist a run that never ends, so that questions of theirs cost a refusal and no scan."""
    held = Run("0000000000", Asked("held", "C0RANDOM00", TYPIST, LINE, datetime.now(UTC)))
    line = AuditLine("held", held.asked.at, TYPIST, "C0RANDOM00", "peering", LINE)
    SqlRunStore(bot.database, "nobody", 10**6).submit(held, line, take=True)


def type_line(bot: Bot, stage: Stage, line: str, number: int, user: str) -> str:
    """What the bot answers to a command with its acknowledgement. Raises AssertionError where it does not."""
    body: dict[str, Any] = {
        "command": "/vpccidr",
        "text": line,
        "channel_id": stage.slack.channel()["id"],
        "user_id": user,
        "team_id": "T0LOCAL000",
        "trigger_id": f"trigger-{number}",
        "response_url": f"{stage.slack.url}/response/none",
    }
    response = bot.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    assert response.status == 200, f"{line!r} is not acknowledged"
    said = str(response.body)
    assert "fault of the bot" not in said, f"{line!r}: {said}"
    return said


def choose_user(number: int) -> str:
    """The typist, and now and then somebody whose questions are taken."""
    return TYPIST if number % _ACCEPTED_EVERY else f"U{number}"


@pytest.mark.parametrize(
    "count", [2_000, pytest.param(100_000, marks=[pytest.mark.endurance, pytest.mark.timeout(800)])]
)
def test_whatever_is_typed(bot: Bot, stage: Stage, caplog: pytest.LogCaptureFixture, count: int) -> None:
    keep_busy(bot)
    threads = {thread.name for thread in threading.enumerate()}
    caplog.set_level(logging.ERROR)
    with ThreadPoolExecutor(_AT_ONCE) as people:
        typed = [
            people.submit(type_line, bot, stage, line, number, choose_user(number))
            for number, line in enumerate(fuzz_lines(SEED, count))
        ]
    wrong = [str(each.exception()) for each in typed if each.exception()]
    assert wrong == [], f"seed {SEED}"
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == [], f"seed {SEED}"
    assert bot.find_fault() == ""
    assert threads <= {thread.name for thread in threading.enumerate()}
    assert type_line(bot, stage, LINE, count, OTHER) == ""
    stage.slack.wait_for(
        lambda slack: [m for m in slack.messages() if OTHER in str(m) and "In use" in m["text"]]
    )
    assert len(bot.store.list_recent("C0RANDOM00", TYPIST, 9)) == 1
