"""Who waits for what, where several finished scans become answers and files."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.run import Asked, Run, RunState
from bot.services.driver import Driver, Pace
from bot.services.meter import NoMeter
from tests.services.test_driver import PATIENCE_S, House


class Steps:
    """Steps of runs whose results are there: an answer each, then a file, which takes as long as is wanted."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.is_sending, self.is_sent = threading.Event(), threading.Event()
        self.are_answered = threading.Event()

    def can_deliver(self, _: Run) -> bool:
        return True

    def deliver(self, run: Run) -> Run:
        if run.is_answered:
            self.is_sending.set()
            assert self.is_sent.wait(PATIENCE_S)
            return replace(run, state=RunState.DONE)
        self.answered.append(run.id)
        if len(self.answered) == 2:
            self.are_answered.set()
        return replace(run, is_answered=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_no_answer_waits_for_a_file(house: House) -> None:
    """Whoever waits for an answer has nothing yet; whoever waits for a file has read its largest rows."""
    steps: Any = Steps()
    driver = Driver(house.store, house.engine, steps, [], NoMeter(), Pace(workers=1))
    driver.take(build_run("a"))
    assert steps.is_sending.wait(PATIENCE_S)
    driver.take(build_run("b"))
    assert steps.are_answered.wait(PATIENCE_S)
    steps.is_sent.set()
    driver.stop()
    assert steps.answered == ["a", "b"]


def build_run(name: str) -> Run:
    """A run whose scan has ended."""
    asked = Asked(name, "C1", "U1", "peering 10.1.0.0/16", datetime.now(UTC))
    return Run(name, asked, RunState.DELIVERING)
