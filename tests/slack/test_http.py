"""HTTP mode: only requests that Slack signed are heard."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.signature import Clock, SignatureVerifier

from bot.app import build_bot
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.settings import Settings

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
VECTORS = json.loads((Path(__file__).parent / "data" / "slack_signature.json").read_text())


class At(Clock):
    """A clock that stands still."""

    def __init__(self, moment: float) -> None:
        self._moment = moment

    def now(self) -> float:
        return self._moment


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_signatures_of_other_sdks(vector: dict[str, Any]) -> None:
    """What Slack's own SDKs take and refuse, the bot takes and refuses."""
    verifier = SignatureVerifier(vector["secret"], At(vector["now"]))
    headers = {"x-slack-request-timestamp": vector["timestamp"], "x-slack-signature": vector["signature"]}
    present = {name: value for name, value in headers.items() if value is not None}
    assert verifier.is_valid_request(vector["body"], present) is vector["valid"]


def call(handler: SlackRequestHandler, body: str, headers: dict[str, str]) -> tuple[str, str]:
    """One POST as a WSGI server hands it over: the status and the body of the response."""
    import io  # noqa: PLC0415

    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/slack/events",
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body.encode()),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    chunks = handler(environ, lambda line, _: status.append(line))
    return status[0], b"".join(chunks).decode()


@pytest.mark.parametrize(
    ("offset_s", "signed", "status"), [(0, True, "200"), (0, False, "401"), (-301, True, "401")]
)
def test_unsigned_and_old_requests_are_refused(
    tmp_path: Path,
    offset_s: int,
    signed: bool,
    status: str,
) -> None:
    with LocalSlack(LocalSlackSettings()) as slack:
        settings = Settings(
            logs=str(tmp_path),
            data_dir=tmp_path / "state",
            slack_api_url=slack.web_api_url,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=SECRET,
        )
        bot = build_bot(settings)
        fields = {
            "command": "/vpccidr",
            "text": "help",
            "channel_id": "C1",
            "user_id": "U1",
            "team_id": "T1",
            "response_url": f"{slack.url}/nowhere",
        }
        body, stamp = urlencode(fields), str(int(time.time()) + offset_s)
        good = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
        headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": str(good) if signed else "v0=00"}
        bot.start()
        try:
            got, _ = call(SlackRequestHandler(bot.app), body, headers)
        finally:
            bot.stop()
        assert got.startswith(status)
