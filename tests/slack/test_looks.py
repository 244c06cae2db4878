"""A finished scan answers more questions than one, and reads nothing for that."""

import csv
import io
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.labels import NO_LABELS
from bot.domain.view import View
from bot.services.looks import Looks
from bot.services.names import Names
from bot.services.ports import Chat, Scan
from tests.slack.conftest import PATIENCE_S, Channel, open_channel
from tests.slack.test_answers import table, texts


@pytest.fixture
def answer(channel: Channel) -> dict[str, Any]:
    """An answer with its CSV, to be looked at more closely."""
    message = channel.ask("peering 10.1.0.0/16 days=2")
    channel.thread(message)
    return message


def values_of(message: dict[str, Any], action_id: str) -> dict[str, str]:
    """The options of a menu, or a button, by what they say."""
    for block in message["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["action_id"] == action_id:
                groups = element.get("option_groups", [{"options": [element]}])
                return {
                    option["text"]["text"]: option["value"] for group in groups for option in group["options"]
                }
    raise AssertionError(action_id)


def choose(channel: Channel, message: dict[str, Any], action_id: str, value: str) -> dict[str, Any]:
    """Choose an option and return the reply that it makes in the thread."""
    thread = message.get("thread_ts", message["ts"])
    before = len(channel.slack.replies("network", thread))
    channel.slack.click(message["ts"], action_id, value=value)
    return channel.slack.wait_for(lambda slack: slack.replies("network", thread)[before:], PATIENCE_S)[0]


def test_menu_shows_ports_and_the_next_look_starts_from_there(
    channel: Channel, answer: dict[str, Any]
) -> None:
    ports = choose(channel, answer, "view_look", values_of(answer, "view_look")["Ports"])
    assert "no new scan, this cost nothing" in texts(ports)
    assert [row[0] for row in table(ports)[1:]] == ["5432/TCP postgresql"]
    hosts = choose(channel, ports, "view_look", values_of(ports, "view_look")["Hosts on the other side"])
    assert [row[0] for row in table(hosts)[1:]] == ["10.0.0.5"]
    assert len(channel.slack.messages()) == 1


def test_a_result_that_was_cut_stays_cut(logs: Path, tmp_path: Path) -> None:
    """Whatever the limit has been raised to since: what was left out is not there."""
    chat, names = create_autospec(Chat, instance=True), create_autospec(Names, instance=True)
    names.read_labels.return_value = NO_LABELS
    with open_channel(logs, tmp_path / "state", {"max_rows": 4}) as channel:
        channel.thread(channel.ask("external 10.0.0.0/16 days=2"))
        (run,) = channel.bot.store.list_recent(channel.slack.channel()["id"], "", 10)
        Looks(channel.bot.store, DuckDBReports(), chat, names, 100).show(run.id, View(), "U1")
    (_, message, _), _ = chat.post.call_args
    assert "only the largest 1 of 2 conversations" in str(message.blocks)


def test_answer_and_every_look_at_it_are_one_statement(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Athena, each statement is paid, and takes its seconds."""
    started: list[str] = []
    start = DuckDBEngine.start

    def start_and_count(self: DuckDBEngine, token: str, scan: Scan) -> str:
        started.append(scan.statement)
        return start(self, token, scan)

    monkeypatch.setattr(DuckDBEngine, "start", start_and_count)
    message = channel.ask("peering 10.1.0.0/16 days=2 compare=previous")
    channel.thread(message)
    looks = values_of(message, "view_look").values()
    for value in looks:
        choose(channel, message, "view_look", value)
    assert len(looks) > 5
    assert len(started) == 1


def test_hosts_show_the_network_that_holds_them_now(channel: Channel, answer: dict[str, Any]) -> None:
    """Also where it got its name after the answer."""
    channel.ask("add 10.0.0.0/16 as vpc-a")
    hosts = choose(channel, answer, "view_look", values_of(answer, "view_look")["Hosts on the other side"])
    assert [row[0] for row in table(hosts)[1:]] == ["10.0.0.5 (vpc-a)"]


def test_anyone_in_the_channel_may_look(channel: Channel, answer: dict[str, Any]) -> None:
    value = values_of(answer, "view_look")["Over time"]
    channel.slack.click(answer["ts"], "view_look", user="ben", value=value)
    look = channel.slack.wait_for(lambda slack: slack.replies("network", answer["ts"])[1:], PATIENCE_S)[0]
    assert "Over time" in texts(look)


def test_rows_of_a_view_come_as_a_csv(channel: Channel, answer: dict[str, Any]) -> None:
    reply = choose(channel, answer, "view_csv", "")
    (file,) = reply["files"]
    rows = list(csv.DictReader(io.StringIO(channel.slack.download(file["id"]).decode())))
    assert {row["server"] for row in rows} == {"10.1.0.9"}


def test_statement_is_given_as_it_ran(channel: Channel, answer: dict[str, Any]) -> None:
    (file,) = choose(channel, answer, "run_show_sql", "")["files"]
    statement = channel.slack.download(file["id"]).decode()
    assert "FROM vpcflowlogstable" in statement
    assert "'10.1.0.0/16'" in statement


@pytest.mark.parametrize(
    ("action_id", "line"),
    [
        ("run_again", "peering 10.1.0.0/16 days=2"),
        ("run_more_days", "peering 10.1.0.0/16 days=6"),
        ("run_raw_rows", "peering 10.1.0.0/16 days=2 raw"),
    ],
)
def test_what_needs_a_new_scan_is_asked_anew(
    channel: Channel, answer: dict[str, Any], action_id: str, line: str
) -> None:
    channel.slack.click(answer["ts"], action_id)
    again = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages()[1:] if "is reading" not in m["text"]], PATIENCE_S
    )
    assert f"`/vpccidr {line}`" in texts(again[0])


def test_result_that_expired_offers_to_run_again(channel: Channel, answer: dict[str, Any]) -> None:
    for file in (channel.settings.data_dir / "results").iterdir():
        file.unlink()
    value = values_of(answer, "view_look")["Ports"]
    channel.slack.click(answer["ts"], "view_look", value=value)
    told = channel.slack.wait_for(lambda slack: slack.ephemerals(), PATIENCE_S)
    assert "no longer kept: run it again" in texts(told[0])
    assert "/vpccidr peering 10.1.0.0/16 days=2" in texts(told[0])
    channel.slack.click(told[0]["ts"], "run_again")
    again = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages()[1:] if "is reading" not in m["text"]], PATIENCE_S
    )
    assert "In use" in texts(again[0])
