"""What becomes of a run when the engine, the reports, the store or Slack do not do what they should."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database import Database, name_file
from bot.adapters.result_folder import ResultFolder
from bot.adapters.run_store import SqlRunStore
from bot.adapters.watch_store import SqlWatchStore
from bot.domain.cidr import Block
from bot.domain.cost import Cost
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.domain.quota import Quota
from bot.domain.run import Asked, Run, RunState, SentFile
from bot.errors import EngineError, RequestError, SlackError
from bot.services.csv_delivery import CsvDelivery
from bot.services.driver import Driver, Pace
from bot.services.housekeeping import Housekeeper
from bot.services.meter import NoMeter
from bot.services.names import Names
from bot.services.ports import Outcome, Progress, Reservation, Scan, State
from bot.services.posting import Posting
from bot.services.registry import Registry
from bot.services.run_steps import RunSteps
from bot.services.runs import Runs
from bot.services.watches import News

PATIENCE_S = 20


class Channel:
    """A channel that remembers, and fails where it is told to."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.failing: dict[str, list[SlackError]] = {}
        self.keys: dict[str, str] = {}
        self.changed = threading.Condition()

    def _note(self, what: str, text: str) -> str:
        with self.changed:
            if self.failing.get(what):
                raise self.failing[what].pop(0)
            self.log.append((what, text))
            self.changed.notify_all()
            return f"{len(self.log)}.0"

    takes_charts = True

    def post(self, channel: str, message: Message, thread_ts: str = "", key: str = "") -> str:
        ts = self._note("reply" if thread_ts else "post", message.text)
        self.keys[key] = ts
        return ts

    def find(self, channel: str, key: str, since: datetime, thread_ts: str = "") -> str:
        return self.keys.get(key, "")

    def update(self, channel: str, ts: str, message: Message) -> None:
        self._note("update", message.text)

    def respond(self, response_url: str, message: Message) -> None:
        self._note("respond", message.text)

    def reserve_file(self, name: str, size_bytes: int, alt_text: str = "") -> Reservation:
        return Reservation("F1", "http://127.0.0.1/none")

    def send_file(self, reservation: Reservation, file: Path) -> None:
        return None

    def share_files(self, files: Sequence[SentFile], channel: str, thread_ts: str, comment: str) -> None:
        self._note("share", comment)

    def is_shared(self, file_id: str, channel: str) -> bool:
        return False

    def texts(self, what: str) -> list[str]:
        return [text for kind, text in self.log if kind == what]

    def wait_for(self, what: str) -> str:
        """The text of the first call of a kind, waited for."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.texts(what), PATIENCE_S), self.log
            return self.texts(what)[0]


class Engine:
    """An engine whose scans end as they are told to."""

    name = "Engine"
    computes_once = False

    def __init__(self) -> None:
        self.progress = Progress(State.RUNNING)
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.abandoned: list[str] = []
        self.poll_failures = 0
        self._changed = threading.Condition()

    def find_fields(self) -> frozenset[str]:
        return frozenset()

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

    def abandon(self, execution_id: str) -> None:
        self.abandoned.append(execution_id)

    def fetch(self, execution_id: str) -> Outcome:
        return Outcome(Path(__file__), Cost(0, 0))


class Reports:
    """Reports that fail with `error`."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def load(self, result: Path, limit: int) -> Any:
        raise self.error


class Blocks:
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
    """A driver, and everything around it; several may share a database."""

    def __init__(
        self, folder: Path, error: Exception | None = None, *, owner: str = "a", pace: Pace | None = None
    ) -> None:
        self.channel, self.engine = Channel(), Engine()
        self.database = Database(name_file(folder / "vpccidr.db"))
        pace = pace or Pace(grace_s=0)
        self.store = SqlRunStore(self.database, owner, pace.lease_s)
        registry = Registry(Blocks(), Expansions())
        steps = RunSteps(
            registry,
            self.engine,
            Reports(error or EngineError("the result is gone.")),
            self.store,
            Posting(self.store, self.channel),
            CsvDelivery(self.store, self.channel),
            max_rows=10,
            limits=Limits(),
            news=News(SqlWatchStore(self.database)),
            names=Names(registry),
        )
        housekeeper = Housekeeper(self.store, ResultFolder(folder / "results"), timedelta(days=30))
        self.driver = Driver(self.store, self.engine, steps, [housekeeper.tidy], NoMeter(), pace)
        self.runs = Runs(self.store, self.driver, Quota(10, 100))

    def ask(self, line: str = "peering 10.1.0.0/16", key: str = "1", user: str = "U1") -> bool:
        return self.runs.submit(Asked(key, "C1", user, line, datetime.now(UTC), "http://x"), "peering")

    def find_run(self) -> Run:
        (run,) = self.store.list_recent("C1", "U1", 5)
        return run

    def wait_until(self, predicate: Callable[[], object]) -> None:
        with self.channel.changed:
            deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE_S)
            while not predicate():
                assert datetime.now(UTC) < deadline, self.channel.log
                self.channel.changed.wait(0.05)

    def close(self) -> None:
        self.driver.stop()
        self.database.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(State.FAILED, "the table is not there."), "the table is not there."),
        (Progress(State.CANCELLED), "the scan was cancelled."),
        (Progress(State.SUCCEEDED), "the result is gone."),
    ],
)
def test_failed_scan_is_told_with_its_reason(house: House, progress: Progress, said: str) -> None:
    house.driver.start()
    house.engine.progress = progress
    house.ask()
    assert house.channel.wait_for("update") == f":x: No answer: {said}"
    house.wait_until(lambda: house.find_run().state is RunState.FAILED)


def test_engine_that_cannot_be_asked_is_asked_again(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """One broken line must not leave every run unwatched."""
    house.engine.poll_failures = 3
    house.engine.progress = Progress(State.FAILED, "in the end.")
    house.driver.start()
    with caplog.at_level(logging.CRITICAL):
        house.ask()
        assert house.channel.wait_for("update") == ":x: No answer: in the end."


def test_bug_gets_a_reference_that_the_log_has(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A person can name it, and whoever runs the bot can find it; the traceback stays in the log."""
    house = House(tmp_path, ZeroDivisionError("secret detail"))
    house.engine.progress = Progress(State.SUCCEEDED)
    house.driver.start()
    house.ask()
    said = house.channel.wait_for("update")
    house.close()
    reference = said.removesuffix(".").rsplit(" ", maxsplit=1)[-1]
    assert "secret detail" not in said
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)


def test_stopping_says_that_it_goes_on_and_the_next_start_does(tmp_path: Path) -> None:
    """Whoever asked need not ask again."""
    first = House(tmp_path)
    first.driver.start()
    first.ask()
    first.wait_until(lambda: first.engine.started)
    first.close()
    assert first.channel.wait_for("update").endswith(
        "the bot is restarting, and goes on with this by itself."
    )
    second = House(tmp_path, owner="b")
    second.engine.progress = Progress(State.FAILED, "at last.")
    second.driver.start()
    assert second.channel.wait_for("update") == ":x: No answer: at last."
    assert second.channel.texts("post") == []
    assert second.engine.started == first.engine.started
    second.close()


def test_same_request_twice_is_one_run(house: House) -> None:
    house.driver.start()
    assert house.ask(key="same")
    assert not house.ask(key="same")
    house.channel.wait_for("post")
    assert len(house.store.list_recent("C1", "U1", 5)) == 1


def test_cancelling_stops_the_query_and_says_who(house: House) -> None:
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    house.runs.cancel(house.find_run().id[:5], "U2", is_admin=True)
    assert house.channel.wait_for("update") == ":no_entry_sign: Cancelled by <@U2>: no answer."
    assert house.engine.cancelled == house.engine.started
    house.wait_until(lambda: house.find_run().state is RunState.CANCELLED)


def test_only_the_asker_or_an_admin_cancels(house: House) -> None:
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    with pytest.raises(RequestError, match="only who asked, or an admin"):
        house.runs.cancel(house.find_run().id, "U2", is_admin=False)
    with pytest.raises(RequestError, match="There is no run nope"):
        house.runs.cancel("nope", "U1", is_admin=True)
    assert house.engine.cancelled == []


def test_run_that_takes_too_long_is_stopped_and_says_so(tmp_path: Path) -> None:
    house = House(tmp_path, pace=Pace(longest=timedelta(0), grace_s=0))
    house.driver.start()
    house.ask()
    assert "it took longer than 0 minutes and was stopped" in house.channel.wait_for("update")
    assert house.engine.cancelled == house.engine.started
    house.close()


def test_too_many_questions_are_refused_in_a_sentence(house: House) -> None:
    """The eleventh question of one person waits until another has ended."""
    house.driver.start()
    for number in range(10):
        house.ask(key=str(number))
    with pytest.raises(RequestError, match="10 is the most"):
        house.ask(key="one more")
    assert not house.ask(key="9")  # which Slack delivers again
    assert house.ask(key="another's", user="U2")


def test_channel_that_is_gone_ends_the_run_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A deleted channel must not be knocked at for ever."""
    house.channel.failing["update"] = [SlackError("channel_not_found")] * 9
    house.engine.progress = Progress(State.FAILED, "whatever.")
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.find_run().state is RunState.FAILED)
    assert "nobody could be told" in caplog.text


def test_slack_that_is_down_is_tried_again_and_nothing_doubled(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    down = SlackError("unreachable", "Slack could not be reached.", is_passing=True)
    house.channel.failing["post"] = [down]
    house.channel.failing["update"] = [down, down]
    house.engine.progress = Progress(State.FAILED, "whatever.")
    house.driver.start()
    house.ask()
    assert house.channel.wait_for("update") == ":x: No answer: whatever."
    assert len(house.channel.texts("post")) == 1


def test_lost_lease_means_silence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Another process has the run: whatever this one says of it would be said twice."""
    house = House(tmp_path)
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    house.store.free_all()
    other = House(tmp_path, owner="b")
    (taken,) = other.store.claim(5)
    house.engine.progress = Progress(State.FAILED, "whatever.")
    house.wait_until(lambda: "another process goes on" in caplog.text)
    assert house.channel.texts("update") == []
    assert taken.message_ts
    house.close()
    other.database.close()
