"""The bot's whole way through Slack: a command, its answer, and the file in its thread."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from tests.local_slack.conftest import Installed

TABLE = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "client"}, {"type": "raw_text", "text": "bytes"}],
        [{"type": "raw_text", "text": "192.0.2.1"}, {"type": "raw_text", "text": "12"}],
    ],
}


def answer_in_thread(client: WebClient, channel: str) -> str:
    posted = client.chat_postMessage(channel=channel, text="running")
    client.chat_update(channel=channel, ts=posted["ts"], text="done", blocks=[TABLE])
    client.files_upload_v2(
        channel=channel, thread_ts=posted["ts"], filename="answer.csv", title="Answer", content="a,b\n1,2\n"
    )
    return str(posted["ts"])


def test_command_to_downloaded_file(installed: Installed) -> None:
    """The demo's own path: ack, post, update, upload into the thread, download."""

    @installed.app.command("/vpccidr")
    def answer(ack: Ack, command: dict[str, Any], client: WebClient) -> None:
        ack()
        answer_in_thread(client, command["channel_id"])

    installed.connect()
    slack = installed.slack
    slack.type_command("/vpccidr peering 10.1.0.0/16")
    parent = slack.messages()[0] if slack.messages() else slack.wait_for(lambda s: s.messages())[0]
    (reply,) = slack.wait_for(lambda s: s.replies("network", parent["ts"]))
    (message,) = slack.messages()
    assert (message["text"], message["blocks"][0]["rows"]) == ("done", TABLE["rows"])
    assert (message["reply_count"], message["thread_ts"]) == (1, message["ts"])
    assert slack.download(reply["files"][0]["id"]) == b"a,b\n1,2\n"


def test_payload_of_a_command(installed: Installed) -> None:
    """A listener finds who asked, where and what, as in Slack's own payload."""
    seen: list[dict[str, Any]] = []

    @installed.app.command("/vpccidr")
    def keep(ack: Ack, command: dict[str, Any]) -> None:
        seen.append(command)
        ack()

    installed.connect()
    installed.slack.type_command("/vpccidr  peering 10.1.0.0/16 ", channel="random", user="ben")
    (command,) = seen
    assert (command["text"], command["user_name"], command["channel_name"]) == (
        "peering 10.1.0.0/16",
        "ben",
        "random",
    )


def test_acknowledgement_with_a_text_is_seen_by_one_person(installed: Installed) -> None:
    """ack("...") is a response: the asker sees it and nobody else."""

    @installed.app.command("/vpccidr")
    def refuse(ack: Ack) -> None:
        ack("no such verb")

    installed.connect()
    slack = installed.slack
    slack.type_command("/vpccidr perring")
    assert [m["text"] for m in slack.ephemerals("ana", "network")] == ["no such verb"]
    assert slack.ephemerals("ben", "network") == []
    assert slack.messages() == []


def test_command_nobody_acknowledges(install: Callable[..., Installed]) -> None:
    """Bolt never acks a command without a listener: it is delivered again, and the person is told."""
    installed = install(ack_timeout_s=0.2, redelivery_delays_s=(0.05,))
    bodies: list[dict[str, Any]] = []

    @installed.app.middleware
    def keep(body: dict[str, Any], next_: Callable[[], None]) -> None:
        bodies.append(body)
        next_()

    installed.connect()
    installed.slack.type_command("/vpccidr list")
    (told,) = installed.slack.ephemerals("ana", "network")
    assert told["text"] == '/vpccidr failed with the error "operation_timeout"'
    assert len(bodies) == 2
    assert bodies[0]["trigger_id"] == bodies[1]["trigger_id"]
