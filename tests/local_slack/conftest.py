"""A local Slack with a real Bolt app connected to it over Socket Mode."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.local_slack import LocalSlack, LocalSlackSettings

SILENT = logging.getLogger("tests.silent")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


@dataclass
class Clock:
    """A clock that moves only when told; seconds since the epoch."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Installed:
    """A local Slack and the app in it; `connect` opens one more socket."""

    slack: LocalSlack
    app: App
    handlers: list[SocketModeHandler] = field(default_factory=list)

    @property
    def client(self) -> WebClient:
        return self.app.client

    def connect(self) -> SocketModeHandler:
        handler = SocketModeHandler(self.app, self.slack.app_token, ping_interval=60, logger=SILENT)
        self.handlers.append(handler)
        before = self.slack.socket_count
        handler.connect()
        self.slack.wait_connected(before + 1)
        return handler


def new_app(slack: LocalSlack) -> App:
    client = WebClient(slack.bot_token, base_url=slack.web_api_url, logger=SILENT)
    return App(client=client, token=slack.bot_token, logger=SILENT)


def disconnect(installed: Installed) -> None:
    """Close the app's sockets from the server's end: the client would wait seconds in its own recv."""
    for handler in installed.handlers:
        handler.client.auto_reconnect_enabled = False
        # Its worker else sleeps out a second on an empty queue.
        handler.client.closed = True
        handler.client.message_queue.put(None)
    installed.slack.drop_sockets()
    for handler in installed.handlers:
        handler.close()


@pytest.fixture
def install() -> Iterator[Callable[..., Installed]]:
    """Start a local Slack with these settings, and a Bolt app that is not connected yet."""
    started: list[Installed] = []

    def start(**settings: Any) -> Installed:
        slack = LocalSlack(LocalSlackSettings(**settings))
        slack.start()
        started.append(Installed(slack, new_app(slack)))
        return started[-1]

    yield start
    for installed in started:
        disconnect(installed)
        installed.slack.stop()


@pytest.fixture
def installed(install: Callable[..., Installed]) -> Installed:
    """Answer a local Slack that is patient, so that a busy machine fails no test."""
    return install(ack_timeout_s=30.0, redelivery_delays_s=(30.0,))
