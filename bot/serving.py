"""The bot as a process: Socket Mode, or HTTP behind a proxy that speaks TLS."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.app import Bot, build_bot
from bot.settings import Settings, SettingsError

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(settings: Settings, host: str, http_port: int | None) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises SettingsError."""
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    if http_port is None:
        stopped = _hear_signals()
        with run_on_sockets(settings):
            stopped.wait()
    else:
        _serve_http(settings, host, http_port)


@contextmanager
def run_on_sockets(settings: Settings) -> Iterator[Bot]:
    """The bot, connected by Socket Mode. Raises SettingsError."""
    if not settings.slack_app_token:
        raise SettingsError("The app-level token is missing: set SLACK_APP_TOKEN (xapp-…), or use --http.")
    bot = build_bot(settings)
    handler = SocketModeHandler(bot.app, settings.slack_app_token)
    try:
        bot.start()
        handler.connect()  # type: ignore[no-untyped-call]
        yield bot
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        bot.stop()


def _serve_http(settings: Settings, host: str, port: int) -> None:
    if not settings.slack_signing_secret:
        raise SettingsError("The signing secret is missing: set SLACK_SIGNING_SECRET.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the server's loop ends on it, in order
    bot = build_bot(settings)
    server = waitress.create_server(SlackRequestHandler(bot.app), host=host, port=port)
    try:
        bot.start()
        server.run()
    finally:
        bot.stop()


def _hear_signals() -> threading.Event:
    """What is set when the process is told to end: from now on, even in the middle of connecting."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
