"""What a run does when the engine, the reports or Slack do not do what they should."""

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.answer import Cost
from bot.domain.cidr import Block
from bot.domain.command import Ask, parse_command
from bot.domain.message import Message
from bot.errors import EngineError, SlackError
from bot.services.ports import Outcome, Progress, Scan, State
from bot.services.registry import Registry
from bot.services.runs import Request, Runs

PATIENCE_S = 20


class Channel:
    """A channel that remembers, and fails where it is told to."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.failing: dict[str, str] = {}
        self.changed = threading.Condition()

    def _note(self, what: str, text: str) -> str:
        with self.changed:
            if what in self.failing:
                raise SlackError(self.failing[what])
            self.log.append((what, text))
            self.changed.notify_all()
        return "1.0"

    def post(self, channel: str, message: Message, thread_ts: str = "") -> str:
        return self._note("reply" if thread_ts else "post", message.text)

    def update(self, channel: str, ts: str, message: Message) -> None:
        self._note("update", message.text)

    def upload(self, channel: str, thread_ts: str, file: Path, comment: str) -> None:
        self._note("upload", comment)

    def respond(self, message: Message) -> None:
        self._note("respond", message.text)

    def wait_for(self, what: str) -> str:
        """The text of the first call of a kind, waited for."""
        with self.changed:
            assert self.changed.wait_for(lambda: [1 for kind, _ in self.log if kind == what], PATIENCE_S), (
                self.log
            )
            return next(text for kind, text in self.log if kind == what)


class Engine:
    """An engine whose scans end as they are told to."""

    name = "Engine"

    def __init__(self) -> None:
        self.progress = Progress(State.RUNNING)
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.poll_failures = 0
        self._changed = threading.Condition()

    def start(self, token: str, scan: Scan) -> str:
        self.started.append(token)
        return token

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        if self.poll_failures:
            self.poll_failures -= 1
            raise RuntimeError("the line broke")
        return dict.fromkeys(execution_ids, self.progress)

    def wait(self, timeout_s: float) -> None:
        with self._changed:
            self._changed.wait(0.01)

    def cancel(self, execution_id: str) -> None:
        self.cancelled.append(execution_id)

    def fetch(self, execution_id: str) -> Outcome:
        return Outcome(Path("/nonexistent/result"), Cost(0, 0))


class Reports:
    """Reports that fail with `error`."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def load(self, result: Path, limit: int) -> None:
        raise self.error


class Store:
    """A registry's store that holds nothing."""

    def list_blocks(self) -> list[Block]:
        return []

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        return {}

    def add(self, block: Block, name: str = "") -> bool:
        return True


class Expansions:
    """Expansions that are all there."""

    def has(self, block: Block) -> bool:
        return True


class House:
    """Runs, and everything around them."""

    def __init__(self, error: Exception | None = None) -> None:
        self.channel, self.engine = Channel(), Engine()
        reports = Reports(error or EngineError("the result is gone."))
        self.runs = Runs(Registry(Store(), Expansions()), self.engine, reports, self.channel, max_rows=10)

    def ask(self) -> None:
        command = parse_command("peering 10.1.0.0/16", datetime(2026, 11, 20, tzinfo=UTC))
        assert isinstance(command, Ask)
        self.runs.submit(command, Request("C1", "U1", "peering 10.1.0.0/16", self.channel.respond))


@pytest.fixture
def house() -> House:
    return House()


def test_stopping_tells_those_who_wait(house: House) -> None:
    """A message that says "is reading" for ever would be silence."""
    house.runs.start()
    house.ask()
    house.channel.wait_for("post")
    house.runs.stop()
    assert house.channel.wait_for("update").endswith("the bot was stopped; ask again once it is back.")
    assert house.engine.cancelled == house.engine.started


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(State.FAILED, "the table is not there."), "the table is not there."),
        (Progress(State.CANCELLED), "the scan was cancelled."),
        (Progress(State.SUCCEEDED), "the result is gone."),
    ],
)
def test_failed_scan_is_told_with_its_reason(house: House, progress: Progress, said: str) -> None:
    house.runs.start()
    house.engine.progress = progress
    house.ask()
    assert house.channel.wait_for("update") == f":x: No answer: {said}"
    house.runs.stop()


def test_engine_that_cannot_be_asked_is_asked_again(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """One broken line must not leave every run unwatched."""
    house.engine.poll_failures = 3
    house.engine.progress = Progress(State.FAILED, "in the end.")
    house.runs.start()
    with caplog.at_level(logging.CRITICAL):
        house.ask()
        assert house.channel.wait_for("update") == ":x: No answer: in the end."
    house.runs.stop()


def test_bug_gets_a_reference_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    """A person can name it, and whoever runs the bot can find it; the traceback stays in the log."""
    house = House(ZeroDivisionError("secret detail"))
    house.engine.progress = Progress(State.SUCCEEDED)
    house.runs.start()
    house.ask()
    said = house.channel.wait_for("update")
    house.runs.stop()
    reference = said.removesuffix(".").rsplit(" ", maxsplit=1)[-1]
    assert "secret detail" not in said
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)


def test_person_is_told_where_the_bot_may_not_post(house: House) -> None:
    house.channel.failing["post"] = "not_in_channel"
    house.runs.start()
    house.ask()
    assert "/invite @vpccidr" in house.channel.wait_for("respond")
    assert house.engine.started == []
    house.runs.stop()


def test_failure_that_cannot_be_told_ends_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A deleted channel ends the run; the next one works."""
    house.channel.failing["update"] = "channel_not_found"
    house.engine.progress = Progress(State.FAILED, "whatever.")
    house.runs.start()
    house.ask()
    house.channel.wait_for("post")
    house.runs.stop()
    assert [record for record in caplog.records if "could not be told either" in record.getMessage()]
