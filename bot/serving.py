"""The bot as a process: Socket Mode, or HTTP behind a proxy that speaks TLS."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import waitress
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.app import Bot, build_bot, build_monitoring
from bot.logs import configure_logging
from bot.settings import Settings, SettingsError

_PING_EVERY_S = 2.0
"""Slack's client takes a line for broken after five pings that fail: till then it hears nobody."""

_LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Doors:
    """Where the bot listens, if at all: `http_port` for Slack, `metrics_port` for Prometheus."""

    host: str = "127.0.0.1"
    http_port: int | None = None
    metrics_port: int | None = None


def serve(settings: Settings, doors: Doors) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises SettingsError."""
    configure_logging(settings.log_style)
    if doors.http_port is None:
        stopped = hear_signals()
        with run_on_sockets(settings) as bot, _monitor(bot, doors):
            wait_until_told(stopped)
    else:
        _serve_http(settings, doors, doors.http_port)


@contextmanager
def _monitor(bot: Bot, doors: Doors) -> Iterator[None]:
    """Tell others how the bot is, where a port for that is given."""
    if doors.metrics_port is None:
        yield
        return
    with build_monitoring(bot, doors.host, doors.metrics_port):
        yield


@contextmanager
def run_on_sockets(settings: Settings) -> Iterator[Bot]:
    """The bot, connected by Socket Mode. Raises SettingsError."""
    if not settings.slack_app_token:
        raise SettingsError("The app-level token is missing: set SLACK_APP_TOKEN (xapp-…), or use --http.")
    bot = build_bot(settings)
    handler = SocketModeHandler(bot.app, settings.slack_app_token, ping_interval=_PING_EVERY_S)
    try:
        bot.start()
        handler.connect()  # type: ignore[no-untyped-call]
        yield bot
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        bot.stop()


def _serve_http(settings: Settings, doors: Doors, port: int) -> None:
    if not settings.slack_signing_secret:
        raise SettingsError("The signing secret is missing: set SLACK_SIGNING_SECRET.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the server's loop ends on it, in order
    bot = build_bot(settings)
    server = waitress.create_server(SlackRequestHandler(bot.app), host=doors.host, port=port)
    try:
        bot.start()
        with _monitor(bot, doors):
            server.run()
    finally:
        bot.stop()


def hear_signals() -> threading.Event:
    """What is set when the process is told to end: from now on, even in the middle of connecting."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def wait_until_told(stopped: threading.Event) -> None:
    """Wait until the process is told to end.

    The system may hand a signal to any thread, which does not wake this one, and only this one hears it.
    """
    while not stopped.wait(_LOOK_EVERY_S):
        pass
