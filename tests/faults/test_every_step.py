"""The bot is killed before and after every step that has an outside effect; the next life finishes the run.

In the end the channel holds exactly one message for the question, and its thread exactly one message with one CSV and one picture.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import WriteLog, record
from tests.faults.bot_process import PATIENCE_S
from tests.faults.forked_bot import ForkedBot
from tests.faults.stage import QUIET, WHOLE, Stage, set_up

LINE = "peering 10.1.0.0/16 days=2"
ENGINES = ("DuckDB", "Athena")
RUN = {
    "DuckDB": (
        "store.submit#1",
        "expansions.write#1",
        "blocks.add#1",
        "store.save#1",
        "chat.post#1",
        "store.save#2",
        "store.save#3",
        "engine.start#1",
        "engine.fetch#1",
        "store.save#4",
        "store.save#5",
        "chat.update#1",
        "store.save#6",
        "chat.reserve_file#1",
        "chat.send_file#1",
        "chat.reserve_file#2",
        "chat.send_file#2",
        "store.save#7",
        "chat.share_files#1",
        "store.end#1",
    )
}
RUN["Athena"] = tuple(step.replace("engine.start", "engine.launch") for step in RUN["DuckDB"])
MOMENTS = [
    (engine, f"{when} {step}") for engine in ENGINES for step in RUN[engine] for when in ("before", "after")
]


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path, logs: Path) -> Iterator[Stage]:
    engine = request.param
    with set_up(tmp_path, logs, on_athena=engine == "Athena") as stage:
        yield stage


@pytest.mark.parametrize("stage", ENGINES, indirect=True)
def test_steps_are_all_that_there_are(stage: Stage, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A step that is added without being killed at fails here."""
    trace = tmp_path / "trace"
    bot = stage.fork_bot(MORTAL_TRACE=str(trace))
    bot.start()
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    stage.slack.type_command(f"/vpccidr {LINE}")
    stage.wait_for_answers(1)
    bot.terminate()
    engine = "Athena" if stage.athena else "DuckDB"
    assert tuple(trace.read_text().split()) == RUN[engine]


def live_and_die(stage: Stage, line: str, at: str) -> None:
    """Ask, let the bot die at a step, and start it again."""
    mortal = stage.fork_bot(MORTAL_AT=at)
    mortal.start()
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    live_again_after(stage, mortal, lambda: stage.slack.type_command(f"/vpccidr {line}"))


def live_again_after(stage: Stage, mortal: ForkedBot, deed: Callable[[], object]) -> None:
    """Do what the bot dies of, and start it again."""
    with ThreadPoolExecutor(1) as person:  # who waits until somebody acknowledges
        done = person.submit(deed)
        mortal.wait(PATIENCE_S)
        stage.fork_bot().start()
        done.result(PATIENCE_S)


@pytest.mark.parametrize(("stage", "at"), MOMENTS, indirect=["stage"])
def test_killed_bot_goes_on_in_its_next_life(stage: Stage, at: str) -> None:
    live_and_die(stage, LINE, at)
    (answer,) = stage.wait_for_answers(1)
    wait_until_done(stage)
    assert "In use: 1 accepted conversation with 10.1.0.0/16" in answer["text"]
    assert stage.kinds_of(answer) == WHOLE
    assert len(stage.slack.messages()) == 1
    assert len(stage.slack.replies("network", answer["ts"])) == 1
    if stage.athena:
        assert len(stage.athena.started) == 1


@pytest.mark.parametrize(
    "at",
    [
        "after store.save#6",
        "after engine.start#2",
        "before engine.fetch#2",
        "after engine.fetch#2",
        "after chat.send_file#1",
        "before chat.share_files#1",
        "after chat.share_files#1",
    ],
)
@pytest.mark.parametrize("stage", ["DuckDB"], indirect=True)
def test_killed_between_the_answer_and_its_records(stage: Stage, at: str) -> None:
    """The second scan is the one that is made again, and the answer stands all the while."""
    live_and_die(stage, f"{LINE} raw", at)
    (answer,) = stage.wait_for_answers(1)
    wait_until_done(stage)
    assert "In use" in answer["text"]
    name, picture = stage.files_of(answer)
    assert name.startswith("raw_peering")
    assert picture.startswith("networks_raw_peering")
    assert len(stage.slack.messages()) == 1


@pytest.mark.parametrize(
    "at",
    [
        "after store.save#6",
        "after chat.send_file#1",
        "before chat.send_file#2",
        "after chat.send_file#3",
        "before chat.share_files#1",
        "after chat.share_files#1",
    ],
)
def test_killed_where_the_chart_is_a_picture(tmp_path: Path, write_log: WriteLog, at: str) -> None:
    """The next life, which has to learn anew that charts are refused, sends every file once, too."""
    plain = replace(QUIET, takes_charts=False)
    today = datetime.now(UTC).date()
    talkers = [record("10.0.0.5", "10.1.0.9", 40000, port, 700, day=today) for port in (22, 5432)]
    with set_up(tmp_path, write_log(today, talkers), on_athena=False, settings=plain) as stage:
        live_and_die(stage, "peering 10.1.0.0/16 days=1", at)
        (answer,) = stage.wait_for_answers(1)
        wait_until_done(stage)
        names = [name.partition("_peering")[0] for name in stage.files_of(answer)]
    assert names[1:] == ["networks", "chart"]
    assert names[0].endswith(".csv")


@pytest.mark.parametrize("at", ["before store.save#4", "before chat.update#1", "after chat.update#1"])
@pytest.mark.parametrize("stage", ["DuckDB"], indirect=True)
def test_killed_while_telling_a_failure(stage: Stage, at: str) -> None:
    shutil.rmtree(stage.logs)
    live_and_die(stage, LINE, at)
    (failure,) = stage.wait_for_answers(1)
    wait_until_done(stage, "failed")
    assert "There is no folder of flow logs" in failure["text"]
    assert len(stage.slack.messages()) == 1


@pytest.mark.parametrize("at", ["before chat.update#1", "after chat.update#1", "before store.end#1"])
@pytest.mark.parametrize("stage", ["Athena"], indirect=True)
def test_killed_while_cancelling(stage: Stage, at: str) -> None:
    """The query is stopped, and who did it is said, whichever life does it."""
    assert stage.athena
    stage.athena.hold()
    mortal = stage.fork_bot(MORTAL_AT=at)
    mortal.start()
    stage.slack.wait_connected(timeout_s=PATIENCE_S)
    stage.slack.type_command(f"/vpccidr {LINE}")
    stage.athena.wait_for(lambda athena: athena.started)
    (running,) = stage.slack.messages()
    live_again_after(stage, mortal, lambda: stage.slack.click(running["ts"], "cancel_run"))
    wait_until_done(stage, "cancelled")
    (message,) = stage.slack.messages()
    assert message["text"].startswith(":no_entry_sign: Cancelled by <@")
    assert stage.files_of(message) == []
    assert set(stage.athena.stopped) == set(stage.athena.started)


@pytest.mark.parametrize("at", ["after blocks.add#1", "before chat.post#1", "after chat.post#1"])
@pytest.mark.parametrize("stage", ["DuckDB"], indirect=True)
def test_killed_while_registering(stage: Stage, at: str) -> None:
    live_and_die(stage, "add 10.1.0.0/16 as vpc-b", at)
    wait_until_done(stage)
    (said,) = stage.slack.messages()
    assert "10.1.0.0/16 is registered as vpc-b: 65,536 addresses" in said["text"]


def wait_until_done(stage: Stage, state: str = "done") -> None:
    """Nothing is left to be done that could double anything."""
    deadline = time.monotonic() + PATIENCE_S
    while stage.list_states() != [state]:
        assert time.monotonic() < deadline, stage.list_states()
        time.sleep(0.05)
