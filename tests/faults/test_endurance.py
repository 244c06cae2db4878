"""Hundreds of kills at random moments, while people keep asking: no question lost, none answered twice."""

import os
import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bot_process import PATIENCE_S, BotProcess
from tests.faults.stage import WHOLE, Stage, is_final, set_up

KILLS = int(os.environ.get("VPCCIDR_KILLS", "150"))
SEED = int(os.environ.get("VPCCIDR_KILL_SEED", "20261124"))
_LONGEST_LIFE_S = 2.5
_FINAL_PATIENCE_S = 300

pytestmark = [pytest.mark.endurance, pytest.mark.timeout(3600)]


class Asker:
    """People who ask one question after another, whoever is there to acknowledge."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pool = ThreadPoolExecutor(64)
        self.asked: list[Future[Any]] = []

    def ask(self) -> None:
        days = len(self.asked) % 7 + 1
        line = f"/vpccidr peering 10.1.0.0/16 days={days} top={len(self.asked) + 10 if len(self.asked) < 90 else 10}"
        self.asked.append(self._pool.submit(self._stage.slack.type_command, line))

    def wait(self) -> None:
        for typed in self.asked:
            typed.result(_FINAL_PATIENCE_S)
        self._pool.shutdown()


def live(bot: BotProcess, stage: Stage, chance: random.Random, asker: Asker) -> None:
    """One life: it connects, is asked something, and dies at a random moment."""
    bot.start()
    connected = threading.Event()
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    connected.set()
    for _ in range(chance.randrange(3)):
        asker.ask()
    time.sleep(chance.uniform(0, _LONGEST_LIFE_S) ** 2 / _LONGEST_LIFE_S)  # mostly soon, in the thick of it
    bot.kill()
    stage.slack.wait_for(lambda slack: slack.socket_count == 0, PATIENCE_S)


def list_answers(stage: Stage) -> list[dict[str, Any]]:
    return [message for message in stage.slack.messages() if is_final(message)]


@pytest.mark.parametrize("engine", ["DuckDB", "Athena"])
def test_every_question_gets_one_answer_and_one_file(engine: str, tmp_path: Path, logs: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - not a secret
    with set_up(tmp_path, logs, on_athena=engine == "Athena") as stage:
        bot = stage.build_bot(VPCCIDR_RUNS_PER_USER="0", VPCCIDR_RUNS_PER_CHANNEL="0")
        asker = Asker(stage)
        for _ in range(KILLS):
            live(bot, stage, chance, asker)
        bot.start()
        asker.wait()
        deadline = time.monotonic() + _FINAL_PATIENCE_S
        while set(stage.list_states()) != {"done"}:
            assert time.monotonic() < deadline, stage.list_states()
            time.sleep(0.2)
        answers = list_answers(stage)
        files = [stage.kinds_of(answer) for answer in answers]
        doubled = len(stage.slack.messages()) - len(asker.asked)
        print(
            f"{engine}: {KILLS} kills, {len(asker.asked)} questions, {len(answers)} answers, {sum(map(len, files))} files, "
            f"seed {SEED}"
        )
        assert len(answers) == len(asker.asked)
        assert doubled == 0
        assert all(kinds == WHOLE for kinds in files)
        assert all("In use" in answer["text"] for answer in answers)
        if stage.athena:
            assert len(stage.athena.started) == len(asker.asked)
