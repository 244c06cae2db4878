"""Who is in a user group, asked of a server that answers as Slack does, or does not."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk import WebClient

from bot.adapters.user_groups import SlackUserGroups

TTL_S = 300


@dataclass
class Slack:
    """The members of each group, what every call fails with if it does, and how often each was asked about."""

    members: dict[str, list[str]]
    body: str = ""
    status: int = 200
    asked: Counter[str] = field(default_factory=Counter)

    def fail(self, error: str) -> None:
        self.body = json.dumps({"ok": False, "error": error})

    def answer(self, group: str) -> str:
        self.asked[group] += 1
        if self.body:
            return self.body
        if group not in self.members:
            return json.dumps({"ok": False, "error": "no_such_subteam"})
        return json.dumps({"ok": True, "users": self.members[group]})


@dataclass
class Clock:
    """Moves when a test says so."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def listen(slack: Slack) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields = parse_qs(urlsplit(self.path).query) | parse_qs(sent)
            assert urlsplit(self.path).path == "/api/usergroups.users.list"
            text = slack.answer(fields["usergroup"][0]).encode()
            self.send_response(slack.status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/api/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def slack() -> Slack:
    return Slack({"SNET": ["UANA", "WBEN"], "SOPS": ["WBEN"], "SNONE": []})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def groups(slack: Slack, clock: Clock) -> Iterator[SlackUserGroups]:
    with listen(slack) as url:
        yield SlackUserGroups(WebClient("xoxb-1", base_url=url, retry_handlers=[]), clock, TTL_S)


def test_the_groups_that_hold_the_user(groups: SlackUserGroups) -> None:
    asked = ["SNET", "SOPS", "SNONE"]
    assert groups.find_groups("WBEN", asked) == {"SNET", "SOPS"}
    assert groups.find_groups("UANA", asked) == {"SNET"}
    assert groups.find_groups("UEVA", asked) == frozenset()
    assert groups.find_groups("UANA", []) == frozenset()


def test_slack_is_asked_once_in_a_while(groups: SlackUserGroups, slack: Slack, clock: Clock) -> None:
    """Slack allows some twenty such calls a minute."""
    for user in ("UANA", "WBEN", "UEVA"):
        groups.find_groups(user, ["SNET", "SNONE"])
    assert slack.asked == {"SNET": 1, "SNONE": 1}
    clock.now += TTL_S
    slack.members["SNET"] = ["UEVA"]
    assert groups.find_groups("UANA", ["SNET"]) == frozenset()
    assert groups.find_groups("UEVA", ["SNET"]) == {"SNET"}
    assert slack.asked["SNET"] == 2


def test_many_at_once_cost_one_call(groups: SlackUserGroups, slack: Slack) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: groups.find_groups("UANA", ["SNET"]), range(40)))
    assert found == [{"SNET"}] * 40
    assert slack.asked["SNET"] == 1


@pytest.mark.parametrize("error", ["missing_scope", "ratelimited", "invalid_auth", "fatal_error"])
def test_what_slack_refuses_lets_nobody_in_and_nobody_out(
    groups: SlackUserGroups, slack: Slack, clock: Clock, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    assert groups.find_groups("UANA", ["SNET"]) == {"SNET"}
    clock.now += TTL_S
    slack.fail(error)
    assert groups.find_groups("UANA", ["SNET", "SOPS"]) == {"SNET"}
    assert groups.find_groups("WBEN", ["SOPS"]) == frozenset()
    assert f"Slack answered {error}" in caplog.text
    assert "usergroups:read" in caplog.text


@pytest.mark.parametrize(("status", "body"), [(500, "<html>"), (200, "<html>"), (503, "{}"), (200, "{}")])
def test_an_answer_that_is_none_lets_nobody_in(
    groups: SlackUserGroups, slack: Slack, caplog: pytest.LogCaptureFixture, status: int, body: str
) -> None:
    slack.status, slack.body = status, body
    assert groups.find_groups("UANA", ["SNET"]) == frozenset()
    assert "user group SNET cannot be read" in caplog.text


def test_after_a_failure_slack_is_asked_again_soon_but_not_at_once(
    groups: SlackUserGroups, slack: Slack, clock: Clock
) -> None:
    slack.fail("fatal_error")
    for _ in range(3):
        assert groups.find_groups("UANA", ["SNET"]) == frozenset()
    assert slack.asked["SNET"] == 1
    slack.body = ""
    clock.now += TTL_S / 10
    assert groups.find_groups("UANA", ["SNET"]) == {"SNET"}


def test_a_group_that_is_gone_has_no_members(groups: SlackUserGroups, slack: Slack, clock: Clock) -> None:
    """That is an answer, not a failure: nobody stays in by what was known before."""
    assert groups.find_groups("UANA", ["SNET"]) == {"SNET"}
    del slack.members["SNET"]
    clock.now += TTL_S
    assert groups.find_groups("UANA", ["SNET"]) == frozenset()


def test_without_slack_the_last_known_members_stand(
    slack: Slack, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with listen(slack) as url:
        groups = SlackUserGroups(WebClient("xoxb-1", base_url=url, retry_handlers=[]), clock, TTL_S)
        assert groups.find_groups("UANA", ["SNET"]) == {"SNET"}
    clock.now += TTL_S
    assert groups.find_groups("UANA", ["SNET", "SOPS"]) == {"SNET"}
    assert "Slack could not be reached" in caplog.text
