"""Two replicas on one PostgreSQL: whatever becomes of one of them, a question gets one answer and one file."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.adapters.database import Database, parse_store_url
from tests.faults.bot_process import PATIENCE_S, BotProcess
from tests.faults.stage import WHOLE, Stage, set_up
from tests.faults.tcp_proxy import TcpProxy
from tests.postgresql import PostgresServer

LINE = "/vpccidr peering 10.1.0.0/16 days=2"
LEASE_S = "2"
CALLS = ("chat.postMessage", "chat.update", "files.completeUploadExternal")


@dataclass
class Replica:
    """A bot, and the line between it and the database."""

    bot: BotProcess
    line: TcpProxy


@dataclass
class Pair:
    """Two replicas that share a database, and Slack's calls of either."""

    stage: Stage
    replicas: list[Replica]
    database: Database

    def start(self) -> None:
        for replica in self.replicas:
            replica.bot.start()
        self.stage.slack.wait_connected(2, timeout_s=PATIENCE_S)

    def wait_until_done(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.list_states() != ["done"]:
            assert time.monotonic() < deadline, self.list_states()
            time.sleep(0.05)

    def list_states(self) -> list[str]:
        with self.database.begin() as connection:
            return list(connection.execute(text("SELECT state FROM runs")).scalars())

    def check_one_answer(self) -> None:
        (answer,) = self.stage.wait_for_answers(1)
        self.wait_until_done()
        assert "In use: 1 accepted conversation" in answer["text"]
        assert self.stage.kinds_of(answer) == WHOLE
        assert len(self.stage.slack.messages()) == 1


@pytest.fixture
def pair(
    request: pytest.FixtureRequest, tmp_path: Path, logs: Path, postgresql: PostgresServer
) -> Iterator[Pair]:
    on_athena = getattr(request, "param", "DuckDB") == "Athena"
    name = postgresql.create_database()
    with set_up(tmp_path, logs, on_athena=on_athena) as stage:
        replicas = []
        for each in ("a", "b"):
            line = stage.opened.enter_context(TcpProxy("127.0.0.1", postgresql.port))
            url = postgresql.url(name).replace(f":{postgresql.port}/", f":{line.port}/")
            bot = stage.build_bot(each, VPCCIDR_STORE_URL=url, VPCCIDR_LEASE_S=LEASE_S)
            replicas.append(Replica(bot, line))
        database = Database(parse_store_url(postgresql.url(name)))
        yield Pair(stage, replicas, database)
        database.close()


def strike(pair: Pair, call: str, when: str, blow: Callable[[Replica], Any]) -> Replica:
    """Ask the first replica alone, strike it at a call of Slack's, and let the second one go on."""
    first, second = pair.replicas
    first.bot.start()
    pair.stage.slack.wait_connected(timeout_s=PATIENCE_S)

    def act() -> bool:
        blow(first)
        second.bot.start()
        return True

    pair.stage.slack.on_call(call, when, act)
    pair.stage.slack.type_command(LINE)
    return first


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_replica_is_followed_by_the_other(pair: Pair, call: str, when: str) -> None:
    strike(pair, call, when, lambda replica: replica.bot.kill())
    pair.check_one_answer()


@pytest.mark.parametrize("call", CALLS)
def test_paused_replica_wakes_up_and_stays_silent(pair: Pair, call: str) -> None:
    """It believes that the run is its own; its lease says otherwise."""
    paused = strike(pair, call, "after", lambda replica: replica.bot.pause())
    pair.check_one_answer()
    paused.bot.resume()
    deadline = time.monotonic() + PATIENCE_S
    while "another process goes on" not in paused.bot.log and "lease" not in paused.bot.log:
        assert time.monotonic() < deadline, paused.bot.log
        time.sleep(0.05)
    pair.check_one_answer()


@pytest.mark.parametrize("call", CALLS)
def test_replica_without_its_database_is_followed_by_the_other(pair: Pair, call: str) -> None:
    cut = strike(pair, call, "after", lambda replica: replica.line.cut())
    pair.check_one_answer()
    cut.line.mend()
    pair.stage.slack.type_command(LINE)  # by whichever of them Slack chooses
    assert len(pair.stage.wait_for_answers(2)) == 2


@pytest.mark.parametrize("pair", ["Athena"], indirect=True)
@pytest.mark.parametrize("blow", ["kill", "pause", "terminate"])
def test_query_of_a_lost_replica_is_attached_to(pair: Pair, blow: str) -> None:
    """The query runs on, and is paid once."""
    athena = pair.stage.athena
    assert athena
    first, second = pair.replicas
    first.bot.start()
    pair.stage.slack.wait_connected(timeout_s=PATIENCE_S)
    athena.hold()
    pair.stage.slack.type_command(LINE)
    athena.wait_for(lambda athena: athena.started)
    getattr(first.bot, blow)()
    second.bot.start()
    deadline = time.monotonic() + PATIENCE_S
    while "is taken up" not in second.bot.log:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    athena.release()
    pair.check_one_answer()
    assert len(athena.started) == 1
    assert athena.stopped == []


def test_database_that_restarts_loses_nothing(pair: Pair, postgresql: PostgresServer) -> None:
    pair.start()

    def crash() -> bool:
        postgresql.stop()
        postgresql.start()
        return True

    pair.stage.slack.on_call("chat.update", "before", crash)
    pair.stage.slack.type_command(LINE)
    pair.check_one_answer()


def test_request_that_reaches_both_replicas_is_one_run(pair: Pair) -> None:
    """Slack delivers an envelope again where nobody acknowledged it in time."""
    pair.start()
    first, _ = pair.replicas
    first.bot.pause()
    pair.stage.slack.drop_sockets()
    pair.stage.slack.wait_connected(timeout_s=PATIENCE_S)
    pair.stage.slack.type_command(LINE)
    pair.check_one_answer()
    first.bot.resume()
    pair.check_one_answer()
