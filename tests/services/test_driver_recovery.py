"""What passes is waited for, and what another process has taken up is left to it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.run import Run, RunState, Upload
from bot.errors import SlackError, StoreError
from bot.services.ports import Progress, State
from tests.services.test_driver import House

DOWN = SlackError("unreachable", "Slack could not be reached.", is_passing=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def break_once(house: House, monkeypatch: pytest.MonkeyPatch, state: RunState) -> None:
    """Let the store fail once where a run is saved in a state."""
    save, failures = house.store.save, [StoreError("The line broke.", is_passing=True)]

    def save_unless_broken(run: Run) -> Any:
        if run.state is state and failures:
            raise failures.pop()
        save(run)

    monkeypatch.setattr(house.store, "save", save_unless_broken)


def test_a_store_that_blinks_fails_no_run(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that restarts in the middle of a commit must not become the answer."""
    break_once(house, monkeypatch, RunState.SCANNING)
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    assert house.channel.texts("update") == []
    assert len(house.channel.texts("post")) == 1


def test_what_another_process_took_up_is_not_gone_on_with(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While this one waited for Slack, the other one sent the file: it alone shares it."""
    house.channel.failing["update"] = [DOWN]
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    house.engine.progress = Progress(State.FAILED, "whatever.")
    house.wait_until(lambda: "again in 1 s" in caplog.text)
    other = House(tmp_path, owner="b")
    house.store.free_all()
    (taken,) = other.store.claim(5)
    other.store.save(replace(taken, reason="", upload=Upload("F1", "a.csv", "All conversations.")))
    house.wait_until(lambda: "another process goes on" in caplog.text)
    assert house.channel.texts("share") == house.channel.texts("update") == []
    other.database.close()


def test_a_run_that_is_taken_up_anew_keeps_its_scan(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Its lease ran out while the store was away, and the same process took it up again."""
    house.driver.start()
    house.ask()
    house.wait_until(lambda: house.engine.started)
    house.store.free_all()
    house.driver.nudge()
    house.wait_until(lambda: len(house.engine.started) == 2)
    house.engine.progress = Progress(State.FAILED, "at last.")
    assert house.channel.wait_for("update") == ":x: No answer: at last."
    assert house.engine.abandoned == []


def test_a_refusal_that_slack_does_not_take_is_told_later(house: House) -> None:
    """Nobody may be left without a word because Slack was away for a minute."""
    house.channel.failing["respond"] = [DOWN]
    house.driver.start()
    house.ask("peering nowhere")
    assert "There is no network named nowhere" in house.channel.wait_for("respond")
    house.wait_until(lambda: house.find_run().state is RunState.FAILED)
    assert len(house.channel.texts("respond")) == 1
