"""In which order finished scans become answers and files, where several wait."""

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
    """Steps of runs whose results are there: an answer each, then a file. The first waits to be let go."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.go = threading.Event()
        self.is_over = threading.Event()

    def can_deliver(self, _: Run) -> bool:
        return True

    def deliver(self, run: Run) -> Run:
        assert self.go.wait(PATIENCE_S)
        self.log.append(f"{'file' if run.is_answered else 'answer'} {run.id}")
        if len(self.log) == 4:
            self.is_over.set()
        return replace(run, state=RunState.DONE) if run.is_answered else replace(run, is_answered=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_a_file_waits_behind_the_answers_of_others(house: House) -> None:
    """Whoever waits for an answer has nothing yet; whoever waits for a file has read its largest rows."""
    steps: Any = Steps()
    driver = Driver(house.store, house.engine, steps, [], NoMeter(), Pace(workers=1))
    for name in ("a", "b"):
        asked = Asked(name, "C1", "U1", "peering 10.1.0.0/16", datetime.now(UTC))
        driver.take(Run(name, asked, RunState.DELIVERING))
    steps.go.set()
    assert steps.is_over.wait(PATIENCE_S)
    driver.stop()
    assert steps.log == ["answer a", "answer b", "file a", "file b"]
