"""Sockets come and go as Slack's do; nothing that was not acknowledged is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_bolt import Ack

from bot.local_slack import LocalSlackError, SlackTimeoutError
from tests.local_slack.conftest import Installed


def count_commands(installed: Installed) -> list[str]:
    texts: list[str] = []

    @installed.app.command("/vpccidr")
    def keep(ack: Ack, command: dict[str, Any]) -> None:
        texts.append(command["text"])
        ack()

    return texts


def test_each_envelope_goes_to_one_socket(installed: Installed) -> None:
    texts = count_commands(installed)
    installed.connect()
    installed.connect()
    for number in range(4):
        installed.slack.type_command(f"/vpccidr {number}")
    assert sorted(texts) == ["0", "1", "2", "3"]


def test_refresh(installed: Installed) -> None:
    """Slack asks for a new socket every few hours; the client makes one, and commands go on."""
    texts = count_commands(installed)
    installed.connect()
    slack = installed.slack
    before = [method for method, _ in slack.calls].count("apps.connections.open")
    slack.refresh_sockets()
    slack.wait_for(lambda s: [method for method, _ in s.calls].count("apps.connections.open") > before)
    slack.wait_connected()
    slack.type_command("/vpccidr after")
    assert texts == ["after"]


def test_unacknowledged_envelope_moves_to_the_next_socket(installed: Installed) -> None:
    """A socket that breaks before the ack does not take the command with it."""
    arrived, gate = threading.Event(), threading.Event()
    texts: list[str] = []

    @installed.app.command("/vpccidr")
    def slow(ack: Ack, command: dict[str, Any]) -> None:
        texts.append(command["text"])
        if len(texts) == 1:
            arrived.set()
            gate.wait(10)
        ack()

    installed.connect()
    typing = threading.Thread(target=installed.slack.type_command, args=("/vpccidr list",))
    typing.start()
    assert arrived.wait(10)
    installed.handlers[0].client.auto_reconnect_enabled = False
    installed.slack.drop_sockets()
    installed.connect()
    typing.join(10)
    gate.set()
    assert texts == ["list", "list"]
    assert installed.slack.ephemerals() == []


def test_envelope_that_lost_its_only_socket_waits_for_the_next(installed: Installed) -> None:
    """What a dead app did not acknowledge is there for its next life, within the person's patience."""
    texts = count_commands(installed)
    slack = installed.slack
    handler = installed.connect()
    handler.client.socket_mode_request_listeners.clear()  # it takes what comes, and dies before it acknowledges
    handler.client.auto_reconnect_enabled = False
    typing = threading.Thread(target=slack.type_command, args=("/vpccidr list",))
    typing.start()
    slack.wait_for(lambda slack: slack.unacked_count)
    slack.drop_sockets()
    slack.wait_for(lambda slack: slack.socket_count == 0)
    installed.connect()
    typing.join(10)
    assert texts == ["list"]
    assert (slack.unacked_count, slack.ephemerals()) == (0, [])


def test_many_people_type_at_once(install: Callable[..., Installed]) -> None:
    """Each of them waits for their own acknowledgement, and how long is on record."""
    people = tuple(f"user{number}" for number in range(50))
    installed = install(users=people, ack_timeout_s=30.0, redelivery_delays_s=(30.0,))
    typed: list[tuple[str, str]] = []

    @installed.app.command("/vpccidr")
    def keep(ack: Ack, command: dict[str, Any]) -> None:
        typed.append((command["user_id"], command["text"]))
        ack()

    installed.connect()
    slack = installed.slack
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(lambda name: slack.type_command(f"/vpccidr {name}", user=name), people))
    assert sorted(typed) == sorted((slack.user_id(name), name) for name in people)
    assert len({user_id for user_id, _ in typed}) == len(slack.ack_latencies) == 50
    assert all(0 < latency_s < 30 for latency_s in slack.ack_latencies)


def test_too_many_sockets(install: Callable[..., Installed]) -> None:
    installed = install(max_sockets=1)
    installed.connect()
    answer = installed.client.apps_connections_open
    with pytest.raises(Exception, match="too_many_websockets"):
        answer(app_token=installed.slack.app_token)


def test_waiting_in_vain_tells_what_was_there(installed: Installed) -> None:
    installed.client.chat_postMessage(channel="network", text="hello")
    with pytest.raises(SlackTimeoutError, match=r"#network has 1 messages.*chat\.postMessage"):
        installed.slack.wait_for(lambda slack: slack.messages("random"), timeout_s=0.05)


def test_taken_port(installed: Installed, install: Callable[..., Installed]) -> None:
    """The sentence says what to do; nothing is left open behind it."""
    port = int(installed.slack.url.rpartition(":")[2])
    with pytest.raises(LocalSlackError, match=f"port {port} of 127.0.0.1 is taken"):
        install(port=port)
