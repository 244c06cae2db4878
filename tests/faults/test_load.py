"""Two hundred questions of fifty people within ten seconds: each acknowledged, each answered once."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import pytest

from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.faults.stage import Stage, set_up

PEOPLE, EACH, SECONDS = 50, 4, 10.0
_PATIENCE_S = 240
_MOST_MB = 1_500


@pytest.mark.timeout(600)
def test_each_question_is_acknowledged_and_answered_once(tmp_path: Path, logs: Path) -> None:
    names = tuple(f"user{number}" for number in range(PEOPLE))
    settings = LocalSlackSettings(rate_limits_on=False, users=names, ack_timeout_s=30.0)
    with set_up(tmp_path, logs, on_athena=False, settings=settings) as stage:
        bot = stage.build_bot(VPCCIDR_RUNS_PER_CHANNEL="0")
        bot.start()
        stage.slack.wait_connected(timeout_s=_PATIENCE_S)
        with ThreadPoolExecutor(PEOPLE) as people:
            list(people.map(lambda name: ask_four_times(stage.slack, name), names))
        answers = wait_for_all(stage)
        asked_by = Counter(block_text(answer) for answer in answers)
        assert len(stage.slack.messages()) == PEOPLE * EACH
        assert set(asked_by.values()) == {EACH}
        report(stage, measure_mb(bot.pid))
        assert measure_mb(bot.pid) < _MOST_MB


def ask_four_times(slack: LocalSlack, name: str) -> None:
    for _ in range(EACH):
        slack.type_command("/vpccidr peering 10.1.0.0/16 days=2", user=name)
        time.sleep(SECONDS / EACH * 0.9)


def wait_for_all(stage: Stage) -> list[dict[str, object]]:
    return stage.slack.wait_for(
        lambda slack: (
            found
            if len(found := [m for m in slack.messages() if "In use" in m["text"]]) == PEOPLE * EACH
            else []
        ),
        _PATIENCE_S,
    )


def block_text(answer: dict[str, object]) -> str:
    """Who asked, from the answer's small print."""
    return next(part for part in str(answer["blocks"]).split("<@")[1:]).split(">")[0]


def measure_mb(pid: int) -> float:
    """The memory that a process has in use."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


def report(stage: Stage, mb: float) -> None:
    """What `make load` prints: Slack gives up after 3 seconds."""
    latencies = sorted(stage.slack.ack_latencies)
    cuts = quantiles(latencies, n=100)
    print(
        f"{len(latencies)} acknowledgements: p50 {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s, worst {latencies[-1]:.3f} s "
        f"(Slack's limit: 3 s); the bot has {mb:.0f} MB in use"
    )
