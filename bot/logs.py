"""The log: lines for people or for machines, each with the run that it is about, none with a secret.

Secrets are taken out where a line is written, not where it is logged: so nothing gets around it, be it an
argument, an exception's text, or what a library logs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

TEXT, JSON = "text", "json"

_run: ContextVar[str] = ContextVar("run", default="")
_HIDDEN = "***"
_TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_JSON_FIELDS = {
    "asctime": "time",
    "levelname": "level",
    "name": "logger",
    "message": "message",
    "exc_info": "exception",
    "stack_info": "stack",
}
_VALUE = r"[^&\s'\",<>]+"
_SECRETS = (
    # Slack's tokens, also those in two parts: xoxe.xoxp-…
    re.compile(r"()x(?:ox[a-z]|app|wfp)(?:\.xox[a-z])?-[\w-]+", re.IGNORECASE),
    # Whoever has a response_url or a web hook's address may post there.
    re.compile(r"(https://hooks\.slack(?:-gov)?\.com/)" + _VALUE, re.IGNORECASE),
    # A password may hold an @ itself, so it ends at the last one.
    re.compile(r"(postgres(?:ql)?(?:\+\w+)?://[^\s/@:]*:)\S+(?=@)", re.IGNORECASE),
    # Named values: signed URLs of AWS, its keys, Socket Mode's tickets, a URL's password.
    re.compile(
        r"(\b(?:X-Amz-(?:Signature|Security-Token|Credential)|(?:X-Slack-)?Signature|ticket|password"
        r"|aws_secret_access_key|SecretAccessKey|SessionToken)['\"]?(?:=|:\s*)['\"]?)" + _VALUE,
        re.IGNORECASE,
    ),
)


def configure_logging(style: str, level: int = logging.INFO) -> None:
    """Log to standard error as `text` or `json`; called again, the new style takes the old one's place.

    Raises ValueError for another style.
    """
    formatters = {TEXT: _TextFormatter, JSON: _JsonFormatter}
    if style not in formatters:
        raise ValueError(f"a log's style is {' or '.join(formatters)}, not {style!r}")
    handler = _Handler()
    handler.setFormatter(formatters[style]())
    root = logging.getLogger()
    for earlier in [held for held in root.handlers if isinstance(held, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)


@contextmanager
def about_run(run_id: str) -> Iterator[None]:
    """Whatever this thread logs inside carries the run's id."""
    token = _run.set(run_id)
    try:
        yield
    finally:
        _run.reset(token)


def redact(text: str) -> str:
    """The text with `***` for whatever looks like a secret."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{_HIDDEN}", text)
    return text


class _Handler(logging.StreamHandler[Any]):
    """Writes to standard error; adds the run to each record, unless it was logged with one of its own."""

    def handle(self, record: logging.LogRecord) -> bool:
        record.run = getattr(record, "run", "") or _run.get()
        return bool(super().handle(record))


class _TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(_TEXT_FORMAT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        run = getattr(record, "run", "")
        return super().formatMessage(record) + (f" run={run}" if run else "")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _JsonFormatter(JsonFormatter):
    """One object a line; fields of `extra=` stand beside the others, and an empty `run` is left out."""

    def __init__(self) -> None:
        fields = ["asctime", "levelname", "name", "message"]
        super().__init__(fields, rename_fields=_JSON_FIELDS)

    def formatTime(self, record: logging.LogRecord, _: str | None = None) -> str:  # noqa: N802 - the library's name
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if not log_data.get("run"):
            log_data.pop("run", None)
        return {str(name): _redact_value(value) for name, value in log_data.items()}


def _redact_value(value: Any) -> Any:
    """The value as JSON can say it, every text in it without its secrets."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(name)): _redact_value(held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact_value(held) for held in value]
    return redact(str(value))
