"""The bot as a process of its own: it answers, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.__main__ import main
from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.slack.conftest import PATIENCE_S

SECRET = "a-made-up-secret"


@contextmanager
def serve(slack: LocalSlack, logs: Path, state: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`vpccidr serve` against the local Slack."""
    variables = {
        "VPCCIDR_LOGS": str(logs),
        "VPCCIDR_DATA_DIR": str(state),
        "SLACK_API_URL": slack.web_api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "bot", "serve", *arguments]
    with subprocess.Popen(command, env=os.environ | variables, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield slack


def is_answered(slack: LocalSlack) -> bool:
    return any("In use" in message["text"] for message in slack.messages())


def test_socket_mode_answers_and_ends_on_sigterm(slack: LocalSlack, logs: Path, tmp_path: Path) -> None:
    with serve(slack, logs, tmp_path / "state") as process:
        slack.wait_connected(timeout_s=PATIENCE_S)
        slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
        slack.wait_for(is_answered, PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_http_mode_answers_signed_requests_and_ends_on_sigterm(
    slack: LocalSlack, logs: Path, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fields = {
        "command": "/vpccidr",
        "text": "peering 10.1.0.0/16 days=2",
        "channel_id": slack.channel()["id"],
        "user_id": slack.user_id(),
        "response_url": f"{slack.url}/response/none",
    }
    with serve(slack, logs, tmp_path / "state", "--http", str(port)) as process:
        assert post_until_up(f"http://127.0.0.1:{port}/slack/events", urlencode(fields)) == 200
        slack.wait_for(is_answered, PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_metrics_and_health_are_told_on_loopback(slack: LocalSlack, logs: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serve(slack, logs, tmp_path / "state", "--metrics", str(port)) as process:
        slack.wait_connected(timeout_s=PATIENCE_S)
        slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
        slack.wait_for(is_answered, PATIENCE_S)
        assert urlopen(f"http://127.0.0.1:{port}/healthz").read() == b"ok\n"
        metrics = urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        assert 'vpccidr_commands_total{outcome="accepted",verb="peering"} 1.0' in metrics
        assert "vpccidr_store_up 1.0" in metrics
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


SIGNALLED = """
import signal, sys, threading, time
from bot.serving import hear_signals, wait_until_told

def find_place():
    frame = sys._current_frames()[threading.main_thread().ident]
    return frame.f_code, frame.f_lasti

def signal_myself():
    place = None
    while find_place() != place or place[0].co_name != "wait":
        place = find_place()
        time.sleep(0.1)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

stopped = hear_signals()
threading.Thread(target=signal_myself, daemon=True).start()
wait_until_told(stopped)
"""


def test_signal_that_another_thread_gets_is_heard() -> None:
    """The system chooses which thread it wakes, under load not always the one that waits."""
    assert subprocess.run([sys.executable, "-c", SIGNALLED], timeout=PATIENCE_S, check=False).returncode == 0


def test_second_bot_on_the_same_folder_says_why_it_ends(
    slack: LocalSlack, logs: Path, tmp_path: Path
) -> None:
    """Two that do not know of each other would take each other's runs."""
    with serve(slack, logs, tmp_path / "state"):
        slack.wait_connected(timeout_s=PATIENCE_S)
        with serve(slack, logs, tmp_path / "state") as second:
            assert second.wait(PATIENCE_S) == 3
            assert second.stderr is not None
            assert b"Another vpccidr works on" in second.stderr.read()


def post_until_up(url: str, body: str) -> int:
    """The status of a signed request, once the server takes one."""
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urlopen(Request(url, body.encode(), headers)) as response:  # noqa: S310 - our own server
                return int(response.status)
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_serving_without_tokens_says_which_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert main(["serve"]) == 3
    assert main(["serve", "--http", "1"]) == 3
    err = capsys.readouterr().err
    assert "set SLACK_APP_TOKEN" in err
    assert "set SLACK_SIGNING_SECRET" in err
