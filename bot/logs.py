"""The log: which run a line is about, and nothing in it that is a secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

TEXT, JSON = "text", "json"

_RUN: ContextVar[str] = ContextVar("run", default="")
_LINE = "%(asctime)s %(levelname)s %(name)s:%(about)s %(message)s"
_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s %(run)s %(threadName)s"
_HIDDEN = "***"
_SECRETS = re.compile(
    r"(?P<before>"
    r"://[^:/@\s]+:"  # the password of a URL
    r"|[?&](?:X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|ticket)="
    r"|hooks\.slack\.com/"  # a response_url speaks for the bot
    r"|/upload/v1/"
    r"|\bxox[a-z](?:\.xox[a-z])?-|\bxapp-"
    r")[^\s@&'\"<>]+"
)


@contextmanager
def about_run(run_id: str) -> Iterator[None]:
    """Every line that is logged inside carries the run's id."""
    token = _RUN.set(run_id)
    try:
        yield
    finally:
        _RUN.reset(token)


def configure_logging(style: str, level: int = logging.INFO) -> None:
    """Log to stderr as lines of text, or as one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_build_formatter(style))
    handler.addFilter(_name_run)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def hide_secrets(text: str) -> str:
    """The text with stars where a token, a password or a signature stood."""
    return _SECRETS.sub(rf"\g<before>{_HIDDEN}", text)


class _TextFormatter(logging.Formatter):
    """Lines as a person reads them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        return hide_secrets(super().format(record))


class _JsonFormatter(JsonFormatter):
    """Lines as a machine reads them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        return hide_secrets(super().format(record))


def _build_formatter(style: str) -> logging.Formatter:
    if style == TEXT:
        return _TextFormatter(_LINE)
    renamed = {"asctime": "time", "levelname": "level", "name": "logger", "threadName": "thread"}
    return _JsonFormatter(_FIELDS, rename_fields=renamed, datefmt="%Y-%m-%dT%H:%M:%S%z")


def _name_run(record: logging.LogRecord) -> bool:
    run = _RUN.get()
    vars(record).update(run=run, about=f" run={run}" if run else "")
    return True
