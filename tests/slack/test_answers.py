"""A question typed in a channel becomes its answer."""

import csv
import io
from typing import Any

from tests.slack.conftest import PATIENCE_S, Channel


def texts(message: dict[str, Any]) -> str:
    """All the text of a message's blocks but tables and buttons."""
    parts = []
    for block in message["blocks"]:
        parts += [block["text"]["text"]] if "text" in block else []
        if block["type"] == "context":
            parts += [element["text"] for element in block["elements"]]
    return "\n".join(parts)


def table(message: dict[str, Any]) -> list[list[str]]:
    (found,) = [block for block in message["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in found["rows"]]


def test_running_message_becomes_the_answer(channel: Channel) -> None:
    """One message from question to answer, verdict first, the table after it, and what it took."""
    message = channel.ask("peering 10.1.0.0/16 days=2")
    assert message["blocks"][0]["text"]["text"].startswith(
        ":large_blue_circle: *In use: 1 accepted conversation with"
    )
    assert "Logs: 2 of 2 days" in message["blocks"][1]["elements"][0]["text"]
    assert table(message)[1][:5] == ["10.0.0.5", "10.1.0.9", "5432/TCP postgresql", "ACCEPT", "19.4 kB"]
    said = texts(message)
    assert "10.1.0.0/16 is registered: 65,536 addresses in 10_1_0_0_16.csv." in said
    assert f"<@{channel.slack.user_id('ana')}>: `/vpccidr peering 10.1.0.0/16 days=2`" in said
    assert "DuckDB read" in said
    posted = [arguments for method, arguments in channel.slack.calls if method == "chat.postMessage"]
    assert len(posted) == 1
    assert "asked `/vpccidr peering 10.1.0.0/16 days=2`" in posted[0]["text"]


def test_notification_holds_the_verdict_and_the_table_as_text(channel: Channel) -> None:
    """A phone's notification and a screen reader get the text alone."""
    text = channel.ask("peering 10.1.0.0/16 days=2")["text"]
    assert text.splitlines()[0].startswith("In use:")
    assert "10.0.0.5  10.1.0.9  5432/TCP" in text


def test_csv_is_in_the_thread(channel: Channel) -> None:
    message = channel.ask("peering 10.1.0.0/16 days=2")
    (reply,) = channel.thread(message)
    assert reply["text"] == "All conversations, day by day."
    file, picture = reply["files"]
    rows = list(csv.DictReader(io.StringIO(channel.slack.download(file["id"]).decode())))
    assert [(row["client"], row["server"], row["bytes"]) for row in rows] == [
        ("10.0.0.5", "10.1.0.9", "9700")
    ] * 2
    assert file["name"].startswith("peering_10_1_0_0_16_")
    assert picture["name"] == f"networks_{file['name'].removesuffix('.csv')}.png"
    assert "10.0.0.0/24 (in no registered network) to 10.1.0.0/16: 19.4 kB" in picture["alt_txt"]
    assert channel.slack.download(picture["id"]).startswith(b"\x89PNG")


def test_raw_puts_the_logs_own_records_into_the_csv(channel: Channel) -> None:
    message = channel.ask("peering 10.1.0.0/16 days=2 raw=3")
    (reply,) = channel.thread(message)
    rows = list(csv.DictReader(io.StringIO(channel.slack.download(reply["files"][0]["id"]).decode())))
    assert [row["interface_id"] for row in rows] == ["eni-a"] * 3


def test_nothing_found_says_so_and_uploads_nothing(channel: Channel) -> None:
    """An empty CSV would tell nobody anything."""
    message = channel.ask("peering 10.9.0.0/16 days=2")
    assert "*Unused: no traffic with 10.9.0.0/16 in 2 days" in texts(message)
    assert not [method for method, _ in channel.slack.calls if method.startswith("files.")]


def test_only_rejected_attempts_are_told_apart(channel: Channel) -> None:
    assert "*Only rejected attempts: 1 conversation with 10.3.0.0/16" in texts(
        channel.ask("peering 10.3.0.0/16 days=2")
    )


def test_a_day_without_logs_makes_it_unknown(channel: Channel) -> None:
    said = texts(channel.ask("peering 10.9.0.0/16 days=3"))
    assert "*Unknown: no traffic with 10.9.0.0/16 was seen" in said
    assert "no logs of 1 of 3 days" in said


def test_commands_run_side_by_side(channel: Channel) -> None:
    """Each of several questions asked at once gets its own answer."""
    asked = [f"peering 10.{n}.0.0/16 days=2" for n in range(10)]
    for line in asked:
        channel.slack.type_command(f"/vpccidr {line}")

    def all_answered(slack: Any) -> bool:
        return len(slack.messages()) == len(asked) and not any(
            "is reading" in m["text"] for m in slack.messages()
        )

    channel.slack.wait_for(all_answered, PATIENCE_S)
    said = "\n".join(texts(message) for message in channel.slack.messages())
    assert all(f"`/vpccidr {line}`" in said for line in asked)
